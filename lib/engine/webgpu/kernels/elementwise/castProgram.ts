/**
 * Integers and truths to float32. tfjs 4.22.0 gives the result the values' own memory and lets each of its programs convert them;
 * programs of ours, which take float32 as float32, would read an integer's bits.
 */
import { type Program, runProgram } from '../program';
import { input, output, sizeOf, type WebgpuKernel } from '../webgpuKernel';
import { bindings, forEach, grid, groupsFor } from '../wgsl';

function fromIntegers(size: number): Program {
  return {
    key: `cast ${size}`,
    workgroups: grid(groupsFor(size)),
    code: () => bindings(['y'], ['x: i32']) + forEach(size, 'y[i] = f32(x[i]);'),
  };
}

export const cast: WebgpuKernel = {
  name: 'Cast',
  run(call) {
    const x = input(call, 'x');
    const isInteger = x.dtype === 'int32' || x.dtype === 'bool';
    if (call.attrs['dtype'] !== 'float32' || !isInteger || sizeOf(x) === 0) return undefined;
    const y = output(call, x.shape);
    runProgram(call.backend, fromIntegers(sizeOf(x)), { outputs: [y], inputs: [x] });
    return y;
  },
};
