/**
 * Prior boxes of a single-shot detector (Liu et al. 2016, SSD, section 2.2): a set of shapes centred on every cell of every map. Units
 * are those of the image, [0, 1] in both directions. The flat order is row, column, shape, map after map: that of a map of predictions
 * [rows, columns, shapes · values] in NHWC, so that flattening it is a reshape.
 */
import { type CentreBoxes, clipBoxes, mapBoxes, toCentres, toCorners } from '../boxes';

/** Width and height of a prior. */
export type PriorShape = readonly [width: number, height: number];

/** The priors of one map. */
export interface PriorMap {
  readonly rows: number;
  readonly columns: number;
  /** Height and width of a cell: the centre of row r is (r + ½) · step. Not always 1 / rows: SSD300's 38 rows have 8 / 300. */
  readonly step: readonly [vertical: number, horizontal: number];
  readonly shapes: readonly PriorShape[];
}

/**
 * What becomes of priors that reach over the image's edge. `none`: nothing (SSD). `corners`: they are cut off there. `centres`: cx, cy,
 * width and height are each brought into [0, 1], which only makes smaller those that are larger than the image. The rules give border
 * priors other offsets: weights that were trained with one do not fit another.
 */
export type PriorClip = 'none' | 'corners' | 'centres';

/** A set of priors as data, JSON-ready: a checkpoint is bound to it. */
export interface PriorSpec {
  readonly maps: readonly PriorMap[];
  /** Default `none`. */
  readonly clip?: PriorClip;
}

/** How many priors a set has. */
export const priorCount = ({ maps }: PriorSpec): number =>
  maps.reduce((sum, map) => sum + map.rows * map.columns * map.shapes.length, 0);

/** All priors of a set, [priors, 4] in centre form. */
export function priorBoxes(spec: PriorSpec): CentreBoxes {
  const boxes = new Float64Array(4 * priorCount(spec));
  let at = 0;
  for (const { rows, columns, step, shapes } of spec.maps) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (const [width, height] of shapes) {
          boxes.set([(column + 0.5) * step[1], (row + 0.5) * step[0], width, height], at);
          at += 4;
        }
      }
    }
  }
  return clipped(boxes, spec.clip ?? 'none');
}

function clipped(boxes: CentreBoxes, clip: PriorClip): CentreBoxes {
  if (clip === 'corners') return toCentres(clipBoxes(toCorners(boxes)));
  if (clip === 'none') return boxes;
  const unit = (value: number): number => Math.min(Math.max(value, 0), 1);
  return mapBoxes(boxes, (cx, cy, width, height) => [unit(cx), unit(cy), unit(width), unit(height)]);
}
