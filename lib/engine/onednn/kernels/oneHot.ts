/** Labels as rows of probabilities: a fill, and one value a row. */
import { input, type NativeKernel } from './types';

export const oneHot: NativeKernel = {
  name: 'OneHot',
  uses: ['Fill'],
  run(call) {
    const indices = input(call, 'indices');
    const { dtype, depth, onValue, offValue } = call.attrs as {
      dtype: string;
      depth: number;
      onValue: number;
      offValue: number;
    };
    const { values: labels } = call.backend.data.get(indices.dataId);
    if (dtype !== 'float32' || !(labels instanceof Int32Array)) return undefined;
    call.backend.recording?.refuse('OneHot writes in JavaScript');
    const { info, values } = call.backend.output([...indices.shape, depth]);
    call.native('Fill')(values.length, offValue, values);
    for (const [row, label] of labels.entries()) if (label >= 0 && label < depth) values[row * depth + label] = onValue;
    return info;
  },
};
