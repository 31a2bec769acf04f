/**
 * Table 2: ImageNet at 224×224. Two of the paper's numbers are known, second-hand; those of other methods are their own papers', as
 * torchdistill lists them. The second pair is OFD's, whose numbers stand beside it. The paper's schedule is not known; this one is a
 * choice of ours: 100 epochs of 256 images a step, rate 0.1, a tenth after 30, 60 and 90, weight decay 1e-4, no Nesterov.
 * FT's weight of 1000 and its encoder's one epoch are torchdistill's.
 *
 * Budget `paper` wants a folder of ImageNet's class folders, `data/cache/imagenet` with `train` and `val`, or `--images folder:PATH`. It is for
 * GPUs: at some 80 thousand million multiply-adds a second, as two cores have, ResNet-18 alone takes about 100 days, with its teacher 170,
 * the teacher itself 200. `short` (12 epochs, teachers 25) is for folders of one's own, at 128×128: with 2,400 pictures, hours a run.
 * `smoke` takes two narrow MobileNets of ImageNet's layout, on 20 pictures of such a folder or, without one, of Fashion-MNIST.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../util/folders';
import type { Budget } from '../budgets';
import type { Experiment, PublishedNumber } from '../experiment';
import type { DatasetConfig } from '../run/config';
import { ALONE, type MethodEntry, type Pair, pairRows } from './pairRows';
import { encoderFit, factor, HALVES, type Setting } from './recipes';

const PAPER = 'IE-KD, Table 2 (ImageNet), as a summary of the paper quotes it';
const quoted = (score: number): PublishedNumber => ({ score, mark: 'Q', source: PAPER });
const seen = (score: number, source: string): PublishedNumber => ({ score, mark: 'S', source });
const listed = (score: number): PublishedNumber =>
  seen(score, 'its own paper, as torchdistill lists it (yoshitomo-matsubara/torchdistill)');
const OFD = 'OFD, as its code has it (clovaai/overhaul-distillation)';

const imagenet = (name: string): { readonly name: string; readonly stem: string } => ({ name, stem: 'imagenet' });

const PAIRS: readonly Pair[] = [
  {
    teacher: imagenet('resnet34'),
    student: imagenet('resnet18'),
    published: {
      ...{ alone: quoted(29.91), 'the best IE variant': quoted(28.19), AT: listed(29.3), FT: listed(28.57) },
      ...{ CRD: listed(28.83), 'Tf-KD': listed(29.58) },
    },
  },
  {
    teacher: imagenet('resnet50'),
    student: imagenet('mobilenet'),
    published: { alone: seen(31.13, OFD), OD: seen(28.75, OFD) },
  },
];

/** Of ImageNet's layout, for seconds. */
const NARROW: readonly Pair[] = [
  { teacher: { ...imagenet('mobilenet'), width: 0.25 }, student: { ...imagenet('mobilenet'), width: 0.125 } },
];

/** Sides of the images by budget. */
const PIXELS: Readonly<Record<string, number>> = { smoke: 32, paper: 224 };
const USUAL_PIXELS = 128;

/** The user's pictures, or ImageNet's: where they are, or else what they are. */
function pictures({ images, name }: Budget): DatasetConfig {
  const pixels = PIXELS[name] ?? USUAL_PIXELS;
  if (images) return images.name.startsWith('folder:') ? { pixels, ...images } : images;
  const path = join(cacheFolder(), 'imagenet');
  const place = existsSync(join(path, 'train')) ? { name: `folder:${path}` } : { name: 'folder', contents: 'ImageNet 2012' };
  return { ...place, pixels, normalisation: 'imagenet' };
}

function methods(setting: Setting): MethodEntry[] {
  const factors = { ...factor(setting), fit: { ...encoderFit(setting), epochs: 1 }, feature: 'last' };
  return [
    ALONE,
    { label: 'KD', method: { name: 'kd', alpha: 0.9, temperature: 4 } },
    { label: 'AT', method: { name: 'at', weight: 1000 } },
    { label: 'FT', method: { name: 'ft', ...factors, weight: 1000 }, first: true },
    { label: 'OD', method: { name: 'od', weight: 1e-4 } },
    { label: 'IE-AT', method: { name: 'ie-at', floor: 0.01, ...HALVES } },
    { label: 'IE-FT', method: { name: 'ie-ft', ...factors, ...HALVES }, first: true },
    { label: 'IE-OD', method: { name: 'ie-od', ...HALVES, inherit: 1e-4, explore: 1 } },
  ];
}

export const table2: Experiment = {
  name: 'table2',
  title: 'ImageNet: and at 224×224, with a thousand classes?',
  place: 'Table 2',
  paperEpochs: '100, a choice of ours; the paper’s are not known',
  rows(budget) {
    const { images: _, ...rest } = budget;
    const setting: Setting = { dataset: pictures(budget), budget: rest, schedule: 'imagenet' };
    const pairs = budget.networks ? NARROW : PAIRS;
    return pairs.flatMap((pair) => pairRows({ ...setting, teacherShare: budget.teacherShare }, pair, methods(setting)));
  },
};
