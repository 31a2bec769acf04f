/** The memory that a kernel reads and writes: of the arrays that hold the values where the backend shows them, else by type. */
import { tf } from '../tf';

interface ShownData {
  readonly data?: { has(id: object): boolean; get(id: object): { readonly halves?: unknown; readonly values?: unknown } };
}

/** Bytes of inputs and outputs, each once; none where every output is an input under another name or shape. */
export function movedBytes(inputs: readonly tf.TensorInfo[], outputs: readonly tf.TensorInfo[], backend: unknown): number {
  const given = new Set(inputs.map(({ dataId }) => dataId));
  if (outputs.length > 0 && outputs.every(({ dataId }) => given.has(dataId))) return 0;
  return [...inputs, ...outputs].reduce((sum, info) => sum + bytesOf(info, backend), 0);
}

/** Bytes of a tensor as `backend` holds it: a float32 tensor may be kept in fewer than four bytes a value. */
function bytesOf({ dataId, shape, dtype }: tf.TensorInfo, backend: unknown): number {
  const { data } = backend as ShownData;
  const entry = data?.has(dataId) ? data.get(dataId) : undefined;
  const values = entry?.halves ?? entry?.values;
  if (ArrayBuffer.isView(values)) return values.byteLength;
  return dtype === 'string' ? 0 : tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype);
}
