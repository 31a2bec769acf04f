/** A state dict without what is no variable of a network here: wrappers' prefixes and counters of batches. */
import type { Shapes } from './naming';

/** What wrappers put before every name: DataParallel, torch.compile, Lightning and others. */
const PREFIXES = ['module.', '_orig_mod.', 'model.', 'net.', 'network.', 'backbone.', 'encoder.', 'student.', 'teacher.'];

/** PyTorch's batch norms count their batches; nothing here depends on that. */
const COUNTER = /(^|\.)num_batches_tracked$/;

/** Entries whose names all have a wrapper's prefix without it, again and again; counters are left out. */
export function networkTensors<T>(state: Readonly<Record<string, T>>): Record<string, T> {
  let entries = Object.entries(state).filter(([name]) => !COUNTER.test(name));
  for (let prefix = commonPrefix(entries); prefix !== undefined; prefix = commonPrefix(entries)) {
    const { length } = prefix;
    entries = entries.map(([name, value]) => [name.slice(length), value]);
  }
  return Object.fromEntries(entries);
}

const commonPrefix = (entries: readonly (readonly [string, unknown])[]): string | undefined =>
  entries.length === 0 ? undefined : PREFIXES.find((prefix) => entries.every(([name]) => name.startsWith(prefix)));

/** Shapes of a network's tensors, in PyTorch's layouts. */
export function shapesOf(state: Readonly<Record<string, { readonly shape: readonly number[] }>>): Shapes {
  return Object.fromEntries(Object.entries(networkTensors(state)).map(([name, { shape }]) => [name, shape]));
}

/** The shape here of a tensor of PyTorch: torchState.ts has the values. */
export function ourShape(shape: readonly number[]): readonly number[] {
  const [out = 0, from = 0, height = 0, width = 0] = shape;
  if (shape.length === 4) return [height, width, from, out];
  return shape.length === 2 ? [from, out] : shape;
}
