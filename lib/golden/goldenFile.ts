/** A golden file opened: tensors by name in our layouts, and the sizes of the networks they describe. */
import type { TensorData } from '../engine/variables';
import { integerIn, refuse, refusePhrase } from '../util/check';
import { decodeHashed } from '../weights/contentHash';
import { asFloat32 } from '../weights/dtypes';
import { fromTorch, permuteAxes } from '../weights/torchState';

/** The networks and encoders of a file, as read from the shapes of their weights. */
export interface GoldenFacts {
  /** 6n + 2 of the network, and of its teacher. */
  readonly depth: number;
  readonly teacherDepth: number;
  readonly option: 'A' | 'B';
  readonly classes: number;
  readonly input: readonly [number, number, number];
  /** Channels of the teacher's map and of its factor. */
  readonly channels: number;
  readonly factor: number;
  readonly steps: number;
  readonly batch: number;
  /** From the metadata, for the report: `seed 0, torch 1.13.0`. */
  readonly origin: string;
}

/** Whether a tensor of a state is asked for, by its name in the state. */
export type Wanted = (name: string) => boolean;

/** Reads by name; whoever opened the file asks at the end which names nobody read. */
export interface GoldenFile {
  readonly facts: GoldenFacts;
  names(): string[];
  /** As stored. @throws InputError naming the tensor that is missing */
  tensor(name: string): TensorData;
  /** [batch, channels, height, width] → [batch, height, width, channels] */
  map(name: string): TensorData;
  /** The state dict under `prefix.`, in our layouts; of it the names that are wanted. */
  state(prefix: string, wanted?: Wanted): Record<string, TensorData>;
  /** Images [batch, height, width, channels] and labels of a step. */
  batch(step: number): { readonly images: TensorData; readonly labels: Int32Array };
  /** Names that were never asked for. */
  unread(): string[];
}

/** Opens a file of the format that lib/bench/pytorch_reference.py writes. */
export function openGolden(bytes: Uint8Array, where: string): GoldenFile {
  const { tensors, metadata } = decodeHashed(bytes, where);
  const read = new Set<string>();
  function tensor(name: string): TensorData {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!found) throw refusePhrase(where, `a tensor "${name}"`, 'none of that name');
    read.add(name);
    return { shape: found.shape, data: asFloat32(found.data) };
  }
  function map(name: string): TensorData {
    const value = tensor(name);
    if (value.shape.length !== 4) throw refuse(`${where}: ${name}`, 'a tensor of 4 axes', value.shape);
    return permuteAxes(value, [0, 2, 3, 1]);
  }
  function state(prefix: string, wanted: Wanted = () => true): Record<string, TensorData> {
    const below = Object.keys(tensors).filter((name) => name.startsWith(`${prefix}.`));
    if (below.length === 0) throw refusePhrase(where, `tensors "${prefix}.*"`, 'none of that name');
    const names = below.filter((name) => wanted(name.slice(prefix.length + 1)));
    return fromTorch(Object.fromEntries(names.map((name) => [name.slice(prefix.length + 1), tensor(name)])));
  }
  function batch(step: number): { images: TensorData; labels: Int32Array } {
    const [all, classes] = [permuteAxes(tensor('x'), [0, 1, 3, 4, 2]), tensor('y')];
    const { batch: count, input, steps } = facts;
    const size = all.data.length / steps;
    if (classes.data.length !== steps * count) throw refuse(`${where}: y`, `labels of shape [${steps},${count}]`, classes.shape);
    const images = { shape: [count, ...input], data: all.data.slice(step * size, (step + 1) * size) };
    return { images, labels: Int32Array.from(classes.data.slice(step * count, (step + 1) * count)) };
  }
  const names = (): string[] => Object.keys(tensors);
  const unread = (): string[] => names().filter((name) => !read.has(name));
  const facts = readFacts(where, names(), tensor, metadata);
  return { facts, names, tensor, map, state, batch, unread };
}

function readFacts(
  where: string,
  names: readonly string[],
  tensor: (name: string) => TensorData,
  metadata: Readonly<Record<string, string>>,
): GoldenFacts {
  const blocks = (net: string): number =>
    names.filter((n) => n.startsWith(`init.${net}.blocks.`) && n.endsWith('.conv1.weight')).length;
  const x = tensor('x').shape;
  if (x.length !== 5) throw refuse(`${where}: x`, '[steps, batch, channels, height, width]', x);
  const [steps, batch, channels, height, width] = x as [number, number, number, number, number];
  const [to = 0, from = 0] = tensor('init.enc_t.encode.4.weight').shape; // [out, in, 3, 3]
  const { seed = 'unknown', torch = 'unknown' } = metadata;
  return {
    depth: 2 * blocks('net') + 2,
    teacherDepth: 2 * blocks('teacher') + 2,
    option: names.includes('init.net.blocks.1_0.short.0.weight') ? 'B' : 'A',
    classes: tensor('init.net.fc.bias').data.length,
    input: [height, width, channels],
    channels: integerIn(`${where}: channels of init.enc_t`, from, 1),
    factor: integerIn(`${where}: factor of init.enc_t`, to, 1),
    steps,
    batch,
    origin: `seed ${seed}, torch ${torch}`,
  };
}
