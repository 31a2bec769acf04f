/** Values between two bounds; NaN stays. The bounds, which may be infinite, are uniforms. */
import { IS_NAN } from '../floatBits';
import { LARGER, ORDER, SMALLER } from '../floatOrder';
import { type Program, runProgram } from '../program';
import { input, isDense, number, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor, uniforms } from '../wgsl';

function clipped(size: number): Program {
  return {
    key: `clip ${size}`,
    workgroups: grid(groupsFor(size)),
    code: () =>
      `${bindings(['y'], ['x'])}\n${uniforms(2, 1)}\n${IS_NAN}${ORDER}${LARGER}${SMALLER}` +
      forEach(size, 'y[i] = smaller(larger(x[i], given[0].x), given[0].y);'),
  };
}

export const clipByValue: WebgpuKernel = {
  name: 'ClipByValue',
  run(call) {
    const x = input(call, 'x');
    if (!isDense(x)) return undefined;
    const y = output(call, x.shape);
    const bounds = Float32Array.of(number(call, 'clipValueMin'), number(call, 'clipValueMax'), 0, 0);
    runProgram(call.backend, clipped(sizeOf(x)), { outputs: [y], inputs: [x], uniforms: bounds });
    return y;
  },
};
