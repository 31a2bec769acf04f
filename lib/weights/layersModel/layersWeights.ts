/**
 * Values of a layers model by the names of a network here: of one with that topology, or of one of the table that `exportTfjs` has written,
 * whose layers have the names of its variables. Layouts are the same but for depthwise filters: Keras has [size, size, channels, 1].
 */
import { layerVariables } from '../../models/layersModel/layersModelNetwork';
import { variableName } from '../../models/layersModel/placedNode';
import { readTopology } from '../../models/layersModel/topology';
import type { NetworkSpec } from '../../models/types';
import type { LayersFile } from './layersFile';

/** A tensor of the file at its place here. */
export interface PlacedTensor {
  /** In the file. */
  readonly from: string;
  /** Here; of what the network has not, that of the file. */
  readonly name: string;
  /** Here. */
  readonly shape: readonly number[];
}

/** @param where the file's name, for errors @throws InputError for layers that are refused */
export function placedTensors(
  { tensors, topology }: Pick<LayersFile, 'tensors' | 'topology'>,
  spec: NetworkSpec,
  where: string,
): PlacedTensor[] {
  const name = spec['topology'] === undefined ? exportedName : topologyName(topology, spec, where);
  return Object.entries(tensors).map(([from, { shape }]) => {
    const own = name(from);
    return { from, name: own, shape: spec['topology'] === undefined ? filterShape(from, shape) : shape };
  });
}

/** Of a network of the table. */
function exportedName(name: string): string {
  const at = name.lastIndexOf('/');
  return at < 0 ? name : `${name.slice(0, at)}.${variableName('', name.slice(at + 1))}`;
}

const filterShape = (name: string, shape: readonly number[]): readonly number[] =>
  name.endsWith('/depthwise_kernel') && shape.length === 4 && shape[3] === 1
    ? [...shape.slice(0, 2), 1, shape[2] as number]
    : shape;

/** Of a network with a topology; layers that nobody named have names of their own here, which the file's own topology says. */
function topologyName(topology: unknown, spec: NetworkSpec, where: string): (name: string) => string {
  const own = readTopology(`${where}: topology`, spec['topology']);
  const renamed = topology === undefined ? own.renamed : readTopology(`${where}: topology`, topology).renamed;
  const classes = new Map(own.layers.map(({ name, className }) => [name, className]));
  const variables = layerVariables(spec);
  return (name) => {
    const parts = name.split('/');
    const part = parts.pop() as string;
    // `model/conv1/kernel`: a model's name may stand before those of its layers.
    const layer = parts.map((_, i) => parts.slice(i).join('/')).find((one) => renamed.has(one));
    const here = layer === undefined ? undefined : renamed.get(layer);
    if (here === undefined) return name;
    if (/^\d+$/.test(part)) return variables.get(here)?.[Number(part)] ?? name;
    return `${here}.${variableName(classes.get(here) ?? '', part)}`;
  };
}
