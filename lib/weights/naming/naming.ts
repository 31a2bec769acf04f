/**
 * How others name a network's tensors. A naming recognises its networks by names and shapes, and says what each tensor is called here.
 * To add one: a row in the file of its family, and its case in test/weights/naming.
 */
import type { NetworkSpec } from '../../models/types';
import { IMAGENET_NORMALISATION } from '../../util/images/imageNormalisation';

/** Shapes by name, in PyTorch's layouts. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

export interface Naming {
  /** Whose names they are, for reports: `akamaster/pytorch_resnet_cifar10`. */
  readonly name: string;
  /**
   * What the network may be; none: it is not of this naming. The first counts whose variables are those of the file, with all their shapes.
   */
  candidates(shapes: Shapes): readonly NetworkSpec[];
  /** Name of a tensor here. */
  rename(name: string, shapes: Shapes): string;
  /** What to do with a network of this naming that is none here; undefined where it is no such network. */
  instead?(shapes: Shapes): string | undefined;
}

/** Of the 1000 classes of ImageNet, so that its strides and sizes are meant. */
export const forImageNet = (classes: number): Partial<NetworkSpec> =>
  classes === 1000 ? { stem: 'imagenet', input: [224, 224, 3], normalisation: IMAGENET_NORMALISATION } : {};

/** First size of a tensor: of a last layer its classes. 0 where there is none. */
export const outputs = (shapes: Shapes, ...names: readonly string[]): number =>
  names.map((name) => shapes[name]?.[0]).find((size) => size !== undefined) ?? 0;

/** How many there are of `prefix0…`, `prefix1…`, … */
export function counted(shapes: Shapes, prefix: string): number {
  const escaped = prefix.replace(/\./g, '\\.');
  const numbers = Object.keys(shapes).flatMap((name) => new RegExp(`^${escaped}(\\d+)[._]`).exec(name)?.[1] ?? []);
  return new Set(numbers).size;
}
