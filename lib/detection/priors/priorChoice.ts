/** Which priors a network and its task have, as an option of both: JSON-ready, checked, and filled in. */
import { isObject, nameIn, numberIn, refuse, refusePhrase } from '../../util/check';
import { SMALL_SHAPES, type SmallShapes, smallPriors, ssd300Priors, ssdLitePriors } from './priorSets';
import type { PriorShape, PriorSpec } from './priors';

/** The sets of SSD300. */
export const SSD300_SETS = ['ssd300', 'ssd300-coco'] as const;

/** A set by name. */
export type PriorSetName = (typeof SSD300_SETS)[number] | 'ssdlite';

/** Sets of priors that belong to images of one size, with the pixels of a side. */
const SETS: Readonly<Record<PriorSetName, { readonly pixels: number; priors(): PriorSpec }>> = {
  ssd300: { pixels: 300, priors: () => ssd300Priors('voc') },
  'ssd300-coco': { pixels: 300, priors: () => ssd300Priors('coco') },
  ssdlite: { pixels: 320, priors: ssdLitePriors },
};

/** A set by name, or shapes by the stride of their map. */
export type PriorChoice = SmallShapes | PriorSetName;

/** The choice that an option is; shapes of the small detector where there is none. @param where named in errors */
export function priorChoiceIn(where: string, option: unknown): PriorChoice {
  return typeof option === 'string' ? nameIn(where, Object.keys(SETS) as PriorSetName[], option) : priorShapesIn(where, option);
}

/** The priors of a choice for images of a size. @throws InputError naming `where`, for images of another size than a named set has */
export function priorsFor(where: string, choice: PriorChoice, height: number, width: number): PriorSpec {
  if (typeof choice !== 'string') return smallPriors(height, width, choice);
  const { pixels, priors } = SETS[choice];
  if (height === pixels && width === pixels) return priors();
  throw refusePhrase(where, `images of ${pixels}×${pixels} for the priors ${choice}`, `${height}×${width}`);
}

const STRIDES = [4, 8, 16] as const;
/** More would be a mistake: SSD has six. */
const MOST_SHAPES = 32;

/**
 * The shapes that an option gives, in units of the image; `SMALL_SHAPES` where there is none.
 * @param option `{ 4: [[width, height], …], 8: …, 16: … }` @param where named in errors
 */
export function priorShapesIn(where: string, option: unknown): SmallShapes {
  if (option === undefined) return SMALL_SHAPES;
  const keys = isObject(option) ? Object.keys(option) : [];
  if (!isObject(option) || keys.join() !== STRIDES.join()) {
    throw refuse(where, 'lists of [width, height] for the strides 4, 8 and 16', option);
  }
  const [four, eight, sixteen] = STRIDES.map((stride) => shapesIn(`${where}: ${stride}`, option[stride]));
  return { 4: four as PriorShape[], 8: eight as PriorShape[], 16: sixteen as PriorShape[] };
}

function shapesIn(where: string, list: unknown): PriorShape[] {
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_SHAPES) {
    throw refuse(where, `1 to ${MOST_SHAPES} shapes [width, height]`, list);
  }
  return list.map((shape: unknown, i): PriorShape => {
    if (!Array.isArray(shape) || shape.length !== 2) throw refuse(`${where}[${i}]`, '[width, height]', shape);
    const [width, height] = shape.map((side: unknown) => numberIn(`${where}[${i}]`, side, 0.001, 2)) as [number, number];
    return [width, height];
  });
}
