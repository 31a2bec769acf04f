/** The inputs of a recording: tensors of its own, into which each repetition puts values of the same shapes. */
import { sameShape } from '../../util/check';
import { tf } from '../tf';

/** Copies that stay until they are disposed of. */
export const ownInputs = (inputs: readonly tf.Tensor[]): tf.Tensor[] =>
  inputs.map((input) => tf.keep(tf.tensor(input.dataSync().slice(), input.shape, input.dtype)));

/** Whether the inputs are of the own ones' number, shapes and types. */
export const fitInputs = (own: readonly tf.Tensor[], inputs: readonly tf.Tensor[]): boolean =>
  inputs.length === own.length &&
  own.every(({ shape, dtype }, i) => inputs[i]?.dtype === dtype && sameShape(inputs[i].shape, shape));
