/** Softmax cross-entropy of class labels and its gradient (lib/engine/fused/softmaxCrossEntropy.ts). */
import { input, type NativeCall, type NativeKernel } from '../types';

/** The values of the input `labels`, which ops have checked to be int32. */
export const labelsOf = (call: NativeCall): Int32Array =>
  call.backend.data.get(input(call, 'labels').dataId).values as Int32Array;

const softmaxCrossEntropy: NativeKernel = {
  name: 'IekdSoftmaxCrossEntropy',
  uses: ['SoftmaxCrossEntropy'],
  run(call) {
    const [batch, classes] = input(call, 'logits').shape as [number, number];
    const { info, values } = call.backend.output([]);
    call.native('SoftmaxCrossEntropy')(batch, classes, call.backend.floats(input(call, 'logits')), labelsOf(call), values);
    return info;
  },
};

const softmaxCrossEntropyGrad: NativeKernel = {
  name: 'IekdSoftmaxCrossEntropyGrad',
  uses: ['SoftmaxCrossEntropyGrad'],
  run(call) {
    const shape = input(call, 'logits').shape as [number, number];
    const { info, values } = call.backend.output([...shape]);
    call.native('SoftmaxCrossEntropyGrad')(
      ...shape,
      call.backend.floats(input(call, 'logits')),
      labelsOf(call),
      call.backend.floats(input(call, 'dy')),
      values,
    );
    return info;
  },
};

export const crossEntropies: readonly NativeKernel[] = [softmaxCrossEntropy, softmaxCrossEntropyGrad];
