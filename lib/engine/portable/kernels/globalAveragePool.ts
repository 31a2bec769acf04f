/** Global average pooling and its gradient: a window as large as the map, and a mean's gradient repeated over the positions. */
import type { tf } from '../../tf';
import type { ComposedKernel } from '../compose';
import { affine, reshape } from './perChannel';

type Four = [number, number, number, number];

const pool: ComposedKernel = {
  name: 'IekdGlobalAveragePool',
  run({ run, inputs }) {
    const { x } = inputs as { x: tf.TensorInfo };
    const [batch, height, width, channels] = x.shape as Four;
    const pooled = run('AvgPool', { x }, { filterSize: [height, width], strides: [1, 1], pad: 'valid' });
    return reshape(run, pooled, [batch, channels]);
  },
};

const poolGrad: ComposedKernel = {
  name: 'IekdGlobalAveragePoolGrad',
  run({ run, inputs, attrs, constant }) {
    const { dy } = inputs as { dy: tf.TensorInfo };
    const [batch, height, width, channels] = attrs['shape'] as Four;
    const share = constant(new Float32Array(channels).fill(1 / (height * width)), [channels]);
    const values = affine(run, reshape(run, dy, [batch, 1, 1, channels]), { scale: share });
    return run('Tile', { x: values }, { reps: [1, height, width, 1] });
  },
};

export const pools: readonly ComposedKernel[] = [pool, poolGrad];
