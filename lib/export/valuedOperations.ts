/**
 * A network's operations with their values in hand, as plain data: what an exporter writes. On request a batch norm that follows a
 * convolution or a product is folded into it (foldNorm.ts).
 */
import { BATCH_NORM_EPSILON } from '../engine/fused/batchNorm';
import type { TensorData } from '../engine/variables';
import type { LayerOperation, LinearOperation } from '../models/layers/operations';
import { refusePhrase } from '../util/check';
import { foldNorm } from './foldNorm';
import type { ValuedConvolution, ValuedOperation, ValuedProduct } from './valued';

/** Values by the names of variables. */
export type State = Readonly<Record<string, TensorData>>;

/** How operations are given their values. */
export interface Valuing {
  /** Of errors. */
  readonly where: string;
  readonly state: State;
  readonly foldBatchNorm: boolean;
}

/** @throws InputError for a layer that does not say what it does, and for a variable that is not among the values */
export function valuedOperations(operations: readonly LayerOperation[], valuing: Valuing): ValuedOperation[] {
  const done: ValuedOperation[] = [];
  for (const operation of operations) {
    const next = valued(operation, valuing);
    const last = done.at(-1);
    const folds = valuing.foldBatchNorm && next.kind === 'norm' && (last?.kind === 'convolution' || last?.kind === 'product');
    if (folds) done.splice(-1, 1, foldNorm(last, next));
    else done.push(next);
  }
  return done;
}

function valued(operation: LayerOperation, valuing: Valuing): ValuedOperation {
  const value = (name: string): TensorData => variableIn(name, valuing);
  switch (operation.kind) {
    case 'linear':
      return linear(operation, value);
    case 'norm': {
      const { norm, epsilon = BATCH_NORM_EPSILON, without = [] } = operation;
      const [mean, variance] = [value(`${norm}.running_mean`), value(`${norm}.running_var`)];
      const part = (name: string, usual: number): TensorData =>
        without.includes(name) ? { shape: mean.shape, data: mean.data.map(() => usual) } : value(`${norm}.${name}`);
      return { kind: 'norm', name: norm, gamma: part('weight', 1), beta: part('bias', 0), mean, variance, epsilon };
    }
    case 'scale':
      return { kind: 'scale', name: layerName(operation.weight), weight: value(operation.weight), epsilon: operation.epsilon };
    case 'sum':
      return { kind: 'sum', summands: operation.summands.map((path) => valuedOperations(path, valuing)) };
    case 'interleave': {
      const [first, second] = operation.branches;
      return { kind: 'interleave', branches: [valuedOperations(first, valuing), valuedOperations(second, valuing)] };
    }
    case 'fixed':
      return { kind: 'fixed', form: operation.form };
    case 'opaque':
      throw refusePhrase(valuing.where, 'layers that say what they do', operation.layer ?? 'one that does not');
    default:
      return operation;
  }
}

function linear(operation: LinearOperation, value: (name: string) => TensorData): ValuedConvolution | ValuedProduct {
  const { weight, bias } = operation;
  const { shape, data } = value(weight);
  const own = {
    name: layerName(weight),
    weight: { shape: operation.shape ?? shape, data },
    bias: bias === undefined ? undefined : value(bias),
  };
  if (operation.place === 'linear') return { kind: 'product', ...own };
  return { kind: 'convolution', ...own, windows: operation.windows, depthwise: operation.depthwise };
}

const layerName = (weight: string): string => weight.replace(/\.weight$/, '');

function variableIn(name: string, { where, state }: Valuing): TensorData {
  const found = Object.hasOwn(state, name) ? state[name] : undefined;
  if (!found) throw refusePhrase(where, `a variable ${name}, which a layer names`, 'none of that name');
  return found;
}
