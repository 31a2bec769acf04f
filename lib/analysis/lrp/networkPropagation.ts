/**
 * A network forward, stage by stage and head by head, and how relevance goes back through it: from what heads say into the maps that they
 * read, and from stage to stage down to the pixels. On a map that a head reads and a later stage goes on from, relevance of both adds up.
 */
import { tf } from '../../engine/tf';
import type { NetworkOperations } from '../../models/layers/operations';
import type { Network } from '../../models/types';
import { type CanonicalOperation, canonical } from './foldBatchNorms';
import { type PlacedRules, type Propagation, propagate } from './propagate';
import { total } from './redistribute';

/** How much relevance there is after one stage of the network, for each image. A type, not an interface, so that it may leave a `tf.tidy`. */
export type RelevanceSum = {
  /** `logits`, the stages' features from the last to the first, `input`. */
  readonly at: string;
  readonly relevance: number[];
};

/** What becomes of the relevance on a stage's map. */
export type CutAt = (stage: string, relevance: tf.Tensor4D) => tf.Tensor4D;

/** A network that has seen its images. */
export interface NetworkPropagation {
  /** What all heads say, one after the other, [batch, values]. */
  readonly outputs: tf.Tensor2D;
  /** @param relevance of the outputs' shape @returns that of the pixels, and the sums on the way down */
  backward(relevance: tf.Tensor2D, cut: CutAt): { readonly pixels: tf.Tensor4D; readonly sums: RelevanceSum[] };
}

interface Stage extends Propagation {
  readonly name: string;
}

interface Head extends Propagation {
  /** The stage whose map it reads. */
  readonly feature: string;
}

/** Forward. Within the caller's tidy. @throws InputError for layers that do not say what they do */
export function propagateNetwork(
  { variables }: Network,
  operations: NetworkOperations,
  x: tf.Tensor4D,
  rules: PlacedRules,
): NetworkPropagation {
  const maps = new Map<string, tf.Tensor4D>();
  let y = x;
  const stages = operations.stages.map(({ name, operations: own }, i): Stage => {
    const whole = canonical('lrp', own, variables);
    const propagation = propagate(i === 0 ? withFirst(whole) : whole, y, rules);
    y = propagation.y;
    maps.set(name, y);
    return { ...propagation, name };
  });
  const heads = operations.heads.map(({ feature, operations: own }): Head => {
    return { ...propagate(canonical('lrp', own, variables), maps.get(feature) as tf.Tensor4D, rules), feature };
  });
  const outputs = tf.concat(heads.map((head) => tf.reshape(head.y, [x.shape[0], -1])) as tf.Tensor2D[], 1);
  return { outputs, backward: (relevance, cut) => backward(stages, heads, relevance, cut) };
}

/** The linear map of the pixels has a place of its own. */
const withFirst = (operations: readonly CanonicalOperation[]): CanonicalOperation[] =>
  operations.map((operation, i) => (i === 0 && operation.kind === 'linear' ? { ...operation, place: 'first' } : operation));

function backward(stages: readonly Stage[], heads: readonly Head[], relevance: tf.Tensor2D, cut: CutAt) {
  const sums: RelevanceSum[] = [{ at: 'logits', relevance: perImage(relevance) }];
  const onMaps = throughHeads(heads, relevance);
  let below: tf.Tensor4D | undefined; // of the stage above: nothing yet
  for (const { name, y, backward: back } of [...stages].reverse()) {
    const arrived = [...(below ? [below] : []), ...(onMaps.get(name) ?? [])];
    const own = arrived.length > 0 ? cut(name, total(arrived)) : undefined;
    sums.push({ at: name, relevance: own ? perImage(own) : new Array<number>(y.shape[0]).fill(0) });
    below = own && back(own);
  }
  const pixels = below as tf.Tensor4D; // some output is explained
  sums.push({ at: 'input', relevance: perImage(pixels) });
  return { pixels, sums };
}

/** Relevance on the maps that heads read, by stage; heads of which nothing is explained have none. */
function throughHeads(heads: readonly Head[], relevance: tf.Tensor2D): Map<string, tf.Tensor4D[]> {
  const sizes = heads.map(({ y }) => y.size / y.shape[0]);
  const parts = tf.split(relevance, sizes, 1);
  const onMaps = new Map<string, tf.Tensor4D[]>();
  for (const [i, { feature, y, backward: back }] of heads.entries()) {
    const own = parts[i] as tf.Tensor2D;
    if (heads.length > 1 && tf.max(tf.abs(own)).dataSync()[0] === 0) continue;
    onMaps.set(feature, [...(onMaps.get(feature) ?? []), back(tf.reshape(own, y.shape))]);
  }
  return onMaps;
}

const perImage = (map: tf.Tensor): number[] => Array.from(tf.sum(tf.reshape(map, [map.shape[0] as number, -1]), 1).dataSync());
