/** The layers of a topology in the order in which they run, and their names. */
import { refuse } from '../../util/check';

/** What the first layers read. */
export const INPUT = 'input';

/** A layer as it was read. */
export interface ReadLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
}

/** Each layer of a Sequential reads the one before it. */
export function chained(layers: readonly ReadLayer[]): ReadLayer[] {
  const own = layers.filter(({ className }) => className !== 'InputLayer');
  return own.map((layer, i) => ({ ...layer, inputs: [own[i - 1]?.name ?? INPUT] }));
}

/** The layers that an output rests on, each after its inputs, else as they came. */
export function reaching(where: string, layers: readonly ReadLayer[], end: string): ReadLayer[] {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const wanted = new Set<string>();
  for (const open = [end]; open.length > 0; ) {
    const name = open.pop() as string;
    if (name === INPUT || wanted.has(name)) continue;
    const layer = byName.get(name);
    if (!layer) throw refuse(`${where}: layers`, 'the layers that others read', `no ${name}`);
    wanted.add(name);
    open.push(...layer.inputs);
  }
  const done = new Map<string, ReadLayer>();
  for (let pending = layers.filter(({ name }) => wanted.has(name)); pending.length > 0; ) {
    const left: ReadLayer[] = [];
    for (const layer of pending) {
      if (layer.inputs.every((input) => input === INPUT || done.has(input))) done.set(layer.name, layer);
      else left.push(layer);
    }
    if (left.length === pending.length) throw refuse(`${where}: layers`, 'layers in no circle', left[0]?.name);
    pending = left;
  }
  return [...done.values()];
}

/** `conv2d_Conv2D7`, as tfjs names what nobody named, by its number among its kind here. */
export function canonicalNames(layers: readonly ReadLayer[]): Map<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    layers.map(({ name, className }) => {
      const [, kind] = new RegExp(`^(.+)_${className}\\d+$`).exec(name) ?? [];
      if (kind === undefined) return [name, name];
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      return [name, `${kind}_${count}`];
    }),
  );
}
