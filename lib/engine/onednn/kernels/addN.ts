/** The sum of several tensors of one shape, from the first on. */
import { copyAll } from './copy';
import { input, isDense, type NativeKernel } from './types';

export const addN: NativeKernel = {
  name: 'AddN',
  uses: ['Add', 'Copy'],
  run(call) {
    const [first, ...rest] = Object.keys(call.inputs).map((name) => input(call, name));
    if (!first || !isDense(first, ...rest)) return undefined;
    const { info, values } = call.backend.output(first.shape);
    copyAll(call, call.backend.floats(first), values);
    for (const addend of rest) call.native('Add')(1, values.length, 1, 1, 1, 1, values, call.backend.floats(addend), values);
    return info;
  },
};
