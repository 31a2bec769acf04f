/**
 * The sets of priors in use: those of SSD300 (Liu et al. 2016; weiliu89/caffe, examples/ssd/ssd_pascal.py), for every backbone whose
 * first map has 38 × 38 cells; those of SSDLite over MobileNet v2 at 320 pixels (lufficc/SSD, configs/mobilenet_v2_ssd320_voc0712.yaml);
 * and a small one for images of about 160 pixels, whose first map has cells of 4 pixels so that small objects are found.
 * Deviation: NVIDIA's SSD300-ResNet lists shapes before positions; here all have the order of priors.ts, so its weights need a permutation.
 */
import type { PriorMap, PriorShape, PriorSpec } from './priors';

/** Sizes of SSD300's priors, in pixels, one more than maps: each map's small square has its own, the large one √(own · next). */
const SSD300_SIZES = {
  voc: [30, 60, 111, 162, 213, 264, 315],
  coco: [21, 45, 99, 153, 207, 261, 315],
} as const;

/** Aspect ratios above 1 of each map; each comes with its inverse. */
const SSD300_ASPECTS = [[2], [2, 3], [2, 3], [2, 3], [2], [2]] as const;

/**
 * Shapes of one cell: a square of side `size`, one of side √(size · next), then for every aspect ratio a the shapes
 * (size · √a, size / √a) and (size / √a, size · √a).
 */
export function ssdShapes(size: number, next: number, aspects: readonly number[]): PriorShape[] {
  const between = Math.sqrt(size * next);
  const oblong = aspects.flatMap((aspect): PriorShape[] => {
    const [long, short] = [size * Math.sqrt(aspect), size / Math.sqrt(aspect)];
    return [
      [long, short],
      [short, long],
    ];
  });
  return [[size, size], [between, between], ...oblong];
}

/** 8,732 priors of 300 × 300 pixels, over maps of 38, 19, 10, 5, 3 and 1 cells a side. @param sizes `voc` (default) or `coco` */
export function ssd300Priors(sizes: keyof typeof SSD300_SIZES = 'voc'): PriorSpec {
  return ssdPriors(300, {
    cells: [38, 19, 10, 5, 3, 1],
    strides: [8, 16, 32, 64, 100, 300],
    sizes: SSD300_SIZES[sizes],
    aspects: SSD300_ASPECTS,
  });
}

/** 3,234 priors of 320 × 320 pixels, over maps of 20, 10, 5, 3, 2 and 1 cells a side; centre forms are clipped. */
export function ssdLitePriors(): PriorSpec {
  const spec = ssdPriors(320, {
    cells: [20, 10, 5, 3, 2, 1],
    strides: [16, 32, 64, 107, 160, 320],
    sizes: [60, 105, 150, 195, 240, 285, 330],
    aspects: [
      [2, 3],
      [2, 3],
      [2, 3],
      [2, 3],
      [2, 3],
      [2, 3],
    ],
  });
  return { ...spec, clip: 'centres' };
}

interface SsdMaps {
  readonly cells: readonly number[];
  /** In pixels. */
  readonly strides: readonly number[];
  /** In pixels, one more than maps. */
  readonly sizes: readonly number[];
  readonly aspects: readonly (readonly number[])[];
}

function ssdPriors(pixels: number, { cells, strides, sizes, aspects }: SsdMaps): PriorSpec {
  const size = (i: number): number => (sizes[i] as number) / pixels;
  return {
    maps: cells.map((n, i): PriorMap => {
      const step = (strides[i] as number) / pixels;
      return { rows: n, columns: n, step: [step, step], shapes: ssdShapes(size(i), size(i + 1), aspects[i] ?? []) };
    }),
  };
}

/** Shapes of priors by the stride of their map. */
export type SmallShapes = Readonly<Record<4 | 8 | 16, readonly PriorShape[]>>;

/**
 * Shapes of the small detector by stride, fitted to the training boxes of BCCD (blood cells; 99.3 % of the boxes have a prior of
 * intersection over union 0.5 at 160 pixels). Other data ask for other shapes: `priorCoverage` says how well a set fits.
 */
export const SMALL_SHAPES: SmallShapes = {
  4: [[0.062, 0.082]],
  8: [
    [0.145, 0.185],
    [0.175, 0.225],
    [0.2, 0.2],
  ],
  16: [
    [0.25, 0.32],
    [0.32, 0.42],
    [0.4, 0.4],
  ],
};

/** Priors of the small detector on maps of strides 4, 8 and 16: 3,100 for 160 × 160 pixels. @param shapes default `SMALL_SHAPES` */
export function smallPriors(height: number, width: number, shapes: SmallShapes = SMALL_SHAPES): PriorSpec {
  const maps = ([4, 8, 16] as const).map((stride): PriorMap => {
    const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
    return { rows, columns, step: [stride / height, stride / width], shapes: shapes[stride] };
  });
  return { maps };
}
