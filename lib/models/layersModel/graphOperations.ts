/**
 * A placed graph as operations in stages: chains, and sums of paths that part at one map and meet again. Paths part at the last node that
 * lies on all of them, the immediate dominator of the sum (Cooper, Harvey & Kennedy 2001); a map that several paths of a sum pass through is
 * computed on each.
 */
import type { LayerOperation, NetworkOperations } from '../layers/operations';
import type { GraphFeature } from './graphFeatures';
import { layerOperations, paddedConvolution } from './layerOperations';
import type { PlacedGraph } from './placedGraph';
import type { GraphNode } from './placedNode';
import { INPUT } from './topologyOrder';

/** Sums within sums may double operations: no network of a paper comes near. */
const MOST = 20_000;

/** A feature that is not on every way to the logits, and joints other than sums, are operations that do not say what they do. */
export function graphOperations({ nodes, output }: PlacedGraph, features: readonly GraphFeature[]): NetworkOperations {
  const graph = new Map(nodes.map((node) => [node.name, node]));
  const dominator = dominators(nodes);
  const trunk = new Set(ancestors(output, dominator));
  let [from, left] = [INPUT, MOST];

  function between(start: string, end: string): LayerOperation[] {
    if (start === end) return [];
    const node = graph.get(end);
    left--;
    if (!node || left < 0) return [opaque(`${end}, on paths that part and meet too often`)];
    if (node.inputs.length === 1) return joined(between(start, node.inputs[0] as string), layerOperations(node));
    const meeting = dominator.get(end) as string;
    if (node.className !== 'Add') return [opaque(`${node.name}, ${node.className}`)];
    return [...between(start, meeting), { kind: 'sum', summands: node.inputs.map((input) => between(meeting, input)) }];
  }

  const stages = features.map(({ name, at }) => {
    const operations = trunk.has(at) ? between(from, at) : [opaque(`${at}, which not every path to the logits passes`)];
    from = at;
    return { name, operations };
  });
  return { stages, heads: [{ feature: features.at(-1)?.name ?? '', operations: between(from, output) }] };
}

const opaque = (layer: string): LayerOperation => ({ kind: 'opaque', layer });

/** The same zeros on every side go into the convolution that reads them. */
function joined(before: readonly LayerOperation[], own: readonly LayerOperation[]): LayerOperation[] {
  const last = before.at(-1);
  const [first, ...rest] = own;
  if (last?.kind === 'fixed' && last.form.map === 'zeros' && first) {
    const [[top, bottom], [left, right]] = last.form.around;
    const merged = top === bottom && left === right && top === left ? paddedConvolution(first, top) : undefined;
    if (merged) return [...before.slice(0, -1), merged, ...rest];
  }
  return [...before, ...own];
}

/** The last node that lies on all ways to a node, by its name; nodes come after what they read. */
function dominators(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, inputs } of nodes) {
    const [first = INPUT, ...others] = inputs;
    found.set(
      name,
      others.reduce((one, other) => common(one, other, found), first),
    );
  }
  return found;
}

function common(one: string, other: string, dominator: ReadonlyMap<string, string>): string {
  const above = new Set(ancestors(one, dominator));
  return ancestors(other, dominator).find((name) => above.has(name)) ?? INPUT;
}

/** A node, its dominator, the dominator of that, up to the input. */
function ancestors(name: string, dominator: ReadonlyMap<string, string>): string[] {
  const list = [name];
  for (let next = dominator.get(name); next !== undefined; next = dominator.get(next)) list.push(next);
  return list;
}
