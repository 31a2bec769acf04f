/** Softmax over the last axis. */
import { tf } from '../../tf';
import { input, isDense, type NativeKernel } from './types';

export const softmax: NativeKernel = {
  name: 'Softmax',
  uses: ['Softmax'],
  run(call) {
    const logits = input(call, 'logits');
    const { shape } = logits;
    if (call.attrs['dim'] !== shape.length - 1 || !isDense(logits)) return undefined;
    const classes = shape[shape.length - 1] as number;
    const { info, values } = call.backend.output(shape);
    call.native('Softmax')(tf.util.sizeFromShape(shape) / classes, classes, call.backend.floats(logits), values);
    return info;
  },
};
