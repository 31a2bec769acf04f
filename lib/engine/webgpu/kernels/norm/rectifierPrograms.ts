/** Rectifiers of one slope, and their gradient from the result. */
import { type Program, runProgram } from '../program';
import { input, number, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';
import { activate, slopeAt } from './activationText';

function rectify(size: number, slope: number): Program {
  return {
    key: `rectifier ${size}, slope ${slope}`,
    workgroups: grid(groupsFor(size)),
    code: () => bindings(['y'], ['x']) + activate({ slope }) + forEach(size, 'y[i] = activate(x[i]);'),
  };
}

function rectifyGradient(size: number, slope: number): Program {
  return {
    key: `rectifier's gradient ${size}, slope ${slope}`,
    workgroups: grid(groupsFor(size)),
    code: () => bindings(['dx'], ['y', 'dy']) + slopeAt({ slope }) + forEach(size, 'dx[i] = dy[i] * slope_at(y[i]);'),
  };
}

export const leakyRelu: WebgpuKernel = {
  name: 'IekdLeakyRelu',
  run(call) {
    const x = input(call, 'x');
    const y = output(call, x.shape);
    runProgram(call.backend, rectify(sizeOf(x), number(call, 'slope')), { outputs: [y], inputs: [x] });
    return y;
  },
};

export const leakyReluGrad: WebgpuKernel = {
  name: 'IekdLeakyReluGrad',
  run(call) {
    const [y, dy] = [input(call, 'y'), input(call, 'dy')];
    const dx = output(call, y.shape);
    runProgram(call.backend, rectifyGradient(sizeOf(y), number(call, 'slope')), { outputs: [dx], inputs: [y, dy] });
    return dx;
  },
};
