/**
 * A walk over operations that writes a graph: each operation becomes nodes of the format at hand, paths of a sum or an interleaving
 * start from one value. The sizes of maps are known on the way.
 */
import type { MapSize } from '../models/layers/layer';
import type { Windows } from '../models/layers/operations';
import type { ValuedOperation } from './valued';

/** One kind of operation. */
export type OfKind<K extends ValuedOperation['kind']> = Extract<ValuedOperation, { readonly kind: K }>;

/** Something that a node has made: its name in the graph, and the size of an image's map. */
export interface MapValue {
  readonly name: string;
  readonly size: MapSize;
}

type Paths = 'sum' | 'interleave';
/** Kinds with one input. */
export type PlainKind = Exclude<ValuedOperation['kind'], Paths>;

/** What a format writes for each kind: adds its nodes and returns the name of what they make. */
export type GraphWriter = {
  readonly [K in PlainKind]: (input: MapValue, operation: OfKind<K>, output: MapSize) => string;
} & {
  /** @param inputs of one size, two at least */
  readonly sum: (inputs: readonly MapValue[]) => string;
  /** @param inputs of one size @param output twice as many channels */
  readonly interleave: (inputs: readonly [MapValue, MapValue], output: MapSize) => string;
};

/** Writes operations, one after the other. @returns what the last one makes */
export function writeOperations(operations: readonly ValuedOperation[], from: MapValue, writer: GraphWriter): MapValue {
  return operations.reduce((value, operation) => writeOne(operation, value, writer), from);
}

function writeOne(operation: ValuedOperation, from: MapValue, writer: GraphWriter): MapValue {
  if (operation.kind === 'sum') {
    const inputs = operation.summands.map((path) => writeOperations(path, from, writer));
    return { name: writer.sum(inputs), size: inputs[0]?.size ?? from.size };
  }
  if (operation.kind === 'interleave') {
    const [first, second] = operation.branches.map((path) => writeOperations(path, from, writer)) as [MapValue, MapValue];
    const [height, width, channels] = first.size;
    const size = [height, width, 2 * channels] as const;
    return { name: writer.interleave([first, second], size), size };
  }
  return writePlain(operation, from, writer);
}

function writePlain(operation: OfKind<PlainKind>, from: MapValue, writer: GraphWriter): MapValue {
  const size = sizeAfter(operation, from.size);
  const write = writer[operation.kind] as (input: MapValue, operation: OfKind<PlainKind>, output: MapSize) => string;
  return { name: write(from, operation, size), size };
}

function sizeAfter(operation: OfKind<PlainKind>, [height, width, channels]: MapSize): MapSize {
  switch (operation.kind) {
    case 'convolution': {
      const { windows, weight } = operation;
      return [sideAfter(height, windows), sideAfter(width, windows), weight.shape.at(-1) as number];
    }
    case 'product':
      return [1, 1, operation.weight.shape[1] as number];
    case 'maxPool':
      return [sideAfter(height, operation.windows), sideAfter(width, operation.windows), channels];
    case 'fixed': {
      const { form } = operation;
      if (form.map === 'mean') return [1, 1, channels];
      if (form.map === 'channels') return [height, width, form.indices.length];
      if (form.map === 'flatten') return [1, 1, height * width * channels];
      if (form.map === 'average') return [sideAfter(height, form.windows), sideAfter(width, form.windows), channels];
      if (form.map === 'zeros') {
        const [[top, bottom], [left, right]] = form.around;
        return [top + height + bottom, left + width + right, channels];
      }
      return [Math.ceil(height / form.stride), Math.ceil(width / form.stride), form.to];
    }
    default:
      return [height, width, channels];
  }
}

function sideAfter(side: number, { size, stride, pad, dilation }: Windows): number {
  if (pad === 'same') return Math.ceil(side / stride);
  return Math.floor((side + 2 * pad - dilation * (size - 1) - 1) / stride) + 1;
}
