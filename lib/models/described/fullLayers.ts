/** Layers as data that nobody has checked: sizes within bounds, known keys only, every option filled in. */
import {
  booleanIn,
  integerIn,
  isObject,
  knownKeys,
  listIn,
  nameIn,
  numberIn,
  pick,
  refuse,
  refusePhrase,
} from '../../util/check';
import type { ActivationName, FullLayerSpec } from './layerSpec';

/** Far above what is in use, so that no description takes a machine's memory before it is refused. */
const LARGEST = { channels: 65_536, size: 63, stride: 16, layers: 2000, deep: 8 } as const;

const ACTIVATION_NAMES: readonly ActivationName[] = ['relu', 'relu6', 'none'];

type Given = Readonly<Record<string, unknown>>;

/** A kind of layer: its options beside its own key, and how they are filled in. */
interface Kind {
  readonly options: readonly string[];
  /** @param deep how many residuals it lies in */
  fill(where: string, given: Given, deep: number): FullLayerSpec;
}

type Kinds = Readonly<Record<string, Kind>>;

const DROPOUT: Kind = {
  options: [],
  fill: (where, { dropout }) => {
    if (numberIn(`${where}: dropout`, dropout, 0, 1) === 1) throw refuse(`${where}: dropout`, 'a number below 1', dropout);
    return { dropout: dropout as number };
  },
};

const STAGE_KINDS: Kinds = {
  conv: {
    options: ['size', 'stride', 'norm', 'activation'],
    fill: (where, { conv, size = 3, stride = 1, norm = true, activation = 'relu' }) => ({
      conv: integerIn(`${where}: conv`, conv, 1, LARGEST.channels),
      size: oddIn(`${where}: size`, size),
      stride: integerIn(`${where}: stride`, stride, 1, LARGEST.stride),
      norm: booleanIn(`${where}: norm`, norm),
      activation: activationIn(where, activation),
    }),
  },
  depthwise: {
    options: ['stride', 'activation'],
    fill: (where, { depthwise, stride = 1, activation = 'relu' }) => ({
      depthwise: oddIn(`${where}: depthwise`, depthwise),
      stride: integerIn(`${where}: stride`, stride, 1, LARGEST.stride),
      activation: activationIn(where, activation),
    }),
  },
  residual: {
    options: [],
    fill: (where, { residual }, deep) => {
      if (deep === LARGEST.deep) throw refusePhrase(where, `residuals at most ${LARGEST.deep} deep in each other`, 'more');
      const body = filled(`${where}: residual`, residual, STAGE_KINDS, deep + 1);
      if (body.length === 0) throw refuse(`${where}: residual`, 'at least one layer', residual);
      return { residual: body };
    },
  },
  maxPool: {
    options: ['pad'],
    fill: (where, { maxPool, pad = 0 }) => {
      const size = integerIn(`${where}: maxPool`, maxPool, 1, LARGEST.size);
      return { maxPool: size, pad: integerIn(`${where}: pad`, pad, 0, Math.floor(size / 2)) };
    },
  },
  dropout: DROPOUT,
};

const HEAD_KINDS: Kinds = {
  linear: {
    options: ['activation'],
    fill: (where, { linear, activation = 'relu' }) => ({
      linear: integerIn(`${where}: linear`, linear, 1, LARGEST.channels),
      activation: activationIn(where, activation),
    }),
  },
  dropout: DROPOUT,
};

const oddIn = (where: string, size: unknown): number => {
  if (integerIn(where, size, 1, LARGEST.size) % 2 === 0) throw refuse(where, 'an odd number', size);
  return size as number;
};

const activationIn = (where: string, name: unknown): ActivationName => nameIn(`${where}: activation`, ACTIVATION_NAMES, name);

/** What fills the options `stages` and `head` of a description. */
interface FullLayers {
  readonly stages: readonly (readonly FullLayerSpec[])[];
  readonly head: readonly FullLayerSpec[];
}

/** Stages and the layers of a head. @throws InputError naming the layer: `stages: 0: 2: conv` */
export function fullLayers(where: string, stages: unknown, head: unknown = []): FullLayers {
  const list = listIn(`${where}: stages`, 'stages, each a list of layers', stages as readonly unknown[]);
  if (list.length === 0) throw refuse(`${where}: stages`, 'at least one stage', stages);
  const full = {
    stages: list.map((layers, i) => filled(`${where}: stages: ${i}`, layers, STAGE_KINDS)),
    head: filled(`${where}: head`, head, HEAD_KINDS),
  };
  const layers = count([...full.stages.flat(), ...full.head]);
  if (layers > LARGEST.layers) throw refuse(`${where}: stages`, `at most ${LARGEST.layers} layers`, layers);
  return full;
}

const count = (layers: readonly FullLayerSpec[]): number =>
  layers.reduce((sum, layer) => sum + 1 + ('residual' in layer ? count(layer.residual) : 0), 0);

function filled(where: string, layers: unknown, kinds: Kinds, deep = 0): FullLayerSpec[] {
  return listIn(where, 'layers', layers as readonly unknown[]).map((layer, i) => {
    const at = `${where}: ${i}`;
    const known = Object.keys(kinds);
    if (!isObject(layer)) throw refuse(at, `a layer, an object with one of ${known.join(', ')}`, layer);
    const named = known.filter((name) => layer[name] !== undefined);
    const [name] = named;
    if (name === undefined || named.length > 1) throw refuse(at, `a layer with one of ${known.join(', ')}`, Object.keys(layer));
    const kind = pick(at, kinds, name);
    knownKeys(`${at}: ${name}`, layer, [name, ...kind.options]);
    return kind.fill(at, layer, deep);
  });
}
