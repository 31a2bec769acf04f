/** Images that occur twice: tested on what was trained on, or of two classes. Found by the SHA-256 of their bytes. */
import { sha256 } from '../../util/hash';
import { counted } from '../../util/text';
import { imageAt } from '../images/imageSet';
import type { ImageSet } from '../types';

/** An image by part and number. */
export interface ImagePlace {
  readonly part: string;
  readonly index: number;
  readonly label: number;
}

/** Pairs of places of one image, the former first. */
export interface SharedImages {
  /** In two parts. */
  readonly leaking: readonly (readonly [ImagePlace, ImagePlace])[];
  /** In one part. */
  readonly repeated: readonly (readonly [ImagePlace, ImagePlace])[];
}

/** Of each image the first place, and pairs of it with every later one. */
export function sharedImages(parts: Readonly<Record<string, ImageSet>>): SharedImages {
  const first = new Map<string, ImagePlace>();
  const leaking: [ImagePlace, ImagePlace][] = [];
  const repeated: [ImagePlace, ImagePlace][] = [];
  for (const [part, set] of Object.entries(parts)) {
    for (let index = 0; index < set.count; index++) {
      const place = { part, index, label: set.labels[index] as number };
      const key = sha256(imageAt(set, index));
      const before = first.get(key);
      if (!before) first.set(key, place);
      else (before.part === part ? repeated : leaking).push([before, place]);
    }
  }
  return { leaking, repeated };
}

/** `3 images of test are in train, too …`, a sentence for each pair of parts. */
export function leakNotes(leaking: SharedImages['leaking']): string[] {
  const pairs = new Set(leaking.map(([a, b]) => `${b.part} ${a.part}`));
  return [...pairs].map((pair) => {
    const [later = '', former = ''] = pair.split(' ');
    const found = leaking.filter(([a, b]) => a.part === former && b.part === later);
    const [a, b] = found[0] as readonly [ImagePlace, ImagePlace];
    const verb = found.length === 1 ? 'is' : 'are';
    return `${counted(found.length, 'image')} of ${later} ${verb} in ${former}, too: ${former} ${a.index} is ${later} ${b.index}`;
  });
}

/** A sentence for images of two classes; nothing where there are none. */
export function labelNotes({ leaking, repeated }: SharedImages, classNames: readonly string[]): string[] {
  const found = [...repeated, ...leaking].filter(([a, b]) => a.label !== b.label);
  const [first] = found;
  if (!first) return [];
  const [one, other] = first.map(({ part, index, label }) => `${part} ${index} is "${classNames[label]}"`);
  return [`${counted(found.length, 'image')} of more than one class: ${one}, and the same image ${other}`];
}
