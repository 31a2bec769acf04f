/** Comparisons of two tensors with their broadcasts, and the logic of what comes out: bool tensors, which tfjs keeps as bytes. */
import { tf } from '../../tf';
import type { OutputTensor } from '../onednnBackend';
import { gridOf } from './binary';
import { inFull } from './broadcast';
import { input, isDense, type NativeCall, type NativeKernel } from './types';

/** A bool tensor whose values the caller fills. */
function truths(call: NativeCall, shape: number[]): OutputTensor<Uint8Array> {
  const values = new Uint8Array(tf.util.sizeFromShape(shape));
  const info = call.backend.makeTensorInfo(shape, 'bool', values);
  call.backend.recording?.computes(info.dataId);
  return { info, values };
}

/** The bytes of a bool tensor; undefined for other tensors. */
export function bytesOf(call: NativeCall, x: tf.TensorInfo): Uint8Array | undefined {
  const { values } = call.backend.data.get(x.dataId);
  return x.dtype === 'bool' && values instanceof Uint8Array ? values : undefined;
}

const operands = (call: NativeCall): [tf.TensorInfo, tf.TensorInfo] => [input(call, 'a'), input(call, 'b')];

function comparison(name: string): NativeKernel {
  return {
    name,
    uses: [name, 'Copy'],
    run(call) {
      const [a, b] = operands(call);
      if (!isDense(a, b)) return undefined;
      const out = truths(call, tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape));
      const grid = gridOf(a.shape, b.shape, out.info.shape);
      if (!grid) return inFull(call, name, [a, b], out);
      const axes = [...grid.a, ...grid.b].map(Number);
      call.native(name)(grid.outer, grid.inner, ...axes, call.backend.floats(a), call.backend.floats(b), out.values);
      return out.info;
    },
  };
}

/** Logic without broadcasting. */
function logic(name: string): NativeKernel {
  return {
    name,
    uses: [name],
    run(call) {
      const [a, b] = operands(call);
      const [p, q] = [bytesOf(call, a), bytesOf(call, b)];
      if (!p || !q || !tf.util.arraysEqual(a.shape, b.shape)) return undefined;
      const { info, values } = truths(call, a.shape);
      call.native(name)(1, values.length, 1, 1, 1, 1, p, q, values);
      return info;
    },
  };
}

const not: NativeKernel = {
  name: 'LogicalNot',
  uses: ['LogicalNot'],
  run(call) {
    const x = input(call, 'x');
    const bytes = bytesOf(call, x);
    if (!bytes) return undefined;
    const { info, values } = truths(call, x.shape);
    call.native('LogicalNot')(values.length, bytes, values);
    return info;
  },
};

export const comparisons: readonly NativeKernel[] = [
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'].map(comparison),
  ...['LogicalAnd', 'LogicalOr'].map(logic),
  not,
];
