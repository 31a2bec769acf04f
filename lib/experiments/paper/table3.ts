/**
 * Table 3: object detection on PASCAL VOC. Two of the paper's numbers are known, second-hand; detector, backbones and schedule are not. What the
 * student has alone, 71.61, is what OFD's paper gives for SSD300 over ResNet-18, taught by ResNet-50, trained on VOC 2007 and 2012 and tested
 * on 2007: budget `paper` is that, by the schedule of an implementation (cjf8899/SSD_ResNet_Pytorch: batch 32, rate 1e-3, 116 epochs, a
 * tenth after 77 and 96). About an hour an epoch on two cores, four to nine days a student: it is for a GPU.
 * Backbones begin with the files that the budget's `backbones` names, of ImageNet's weights as torchvision has them; without them
 * networks are trained from scratch, which costs some 16 points on VOC (the same implementation: ResNet-18 54.4 of 70.1): the paper's
 * absolute numbers are then out of reach, differences may not be.
 *
 * The other budgets are of the blood cells of BCCD, 364 pictures: `short` teaches a narrow detector by one four times as wide, which was
 * chosen on the validation list, trained on the list `train` alone (20 epochs, one seed each: width 8 74 % mAP, 16 76 %, 32 after 18 of 40
 * epochs 84 %; a ResNet-14 of width 32 was behind, 44 % after 8 epochs); `smoke` takes the twelve pictures that come with the project.
 * A budget's `objects` names other pictures, of the user's own: `voc:PATH`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SsdAugmentation } from '../../data/detection/augmentation/ssdAugmentation';
import type { MethodSpec } from '../../methods';
import type { NetworkSpec } from '../../models/types';
import type { TrainingSettings } from '../../optim/trainingOptions';
import { cacheFolder, projectFolder } from '../../util/folders';
import type { Budget } from '../budgets';
import type { Experiment, ExperimentRow, PublishedNumber } from '../experiment';
import type { DatasetConfig } from '../run/config';
import type { RunPlan } from '../runPlan';
import { ALONE, type MethodEntry, type Pair, teacherFor } from './pairRows';
import { pairTeacher } from './pairTeacher';
import { FT_WEIGHT, HALVES } from './recipes';

/** How much of the experiment a budget does. */
interface DetectionSetting {
  /** Where its pictures usually lie. */
  folder(): string;
  /** What those are, wherever they lie: names a run also where they are not. */
  readonly contents: string;
  readonly images: Omit<DatasetConfig, 'name'>;
  readonly pair: Pair;
  readonly training: TrainingSettings;
  /** Of fitting the teacher's encoder. */
  readonly fitEpochs: number;
}

/** Cells have no upper side; larger expansions leave nothing of the platelets. */
const CELL_AUGMENTATION: SsdAugmentation = {
  colours: { brightness: 16, contrast: 0.25, saturation: 0.25, hue: 9 },
  expansion: 1.5,
  crops: {},
  mirror: 'both',
};

const LISTS = { train: 'trainval', test: 'test' } as const;

const CELLS: Omit<DatasetConfig, 'name'> = {
  classNames: ['RBC', 'WBC', 'Platelets'],
  lists: LISTS,
  badBoxes: 'clip',
  pixels: 160,
  augmentation: CELL_AUGMENTATION,
};

const SGD = { momentum: 0.9, nesterov: true, weightDecay: 5e-4, augment: true } as const;

/** Rate 0.02 after a warm-up, falling to 0. */
const cells = (epochs: number, batch: number): TrainingSettings => {
  const warmUp = { epochs: Math.max(0.05 * epochs, 0.05) };
  return { epochs, batch, learningRate: { kind: 'cosine', base: 0.02, warmUp }, ...SGD };
};

/** All of BCCD. */
const BLOOD_CELLS = {
  folder: () => join(cacheFolder(), 'bccd'),
  contents: '1f599023e42ce206650edd7932956d3a9b8570753472d3b4d4389902e74f47e4',
  images: { ...CELLS, shrink: 2 },
  pair: { teacher: { name: 'ssd-resnet8', width: 32 }, student: { name: 'ssd-resnet8', width: 8 } },
} as const;

const SETTINGS: Readonly<Record<string, DetectionSetting>> = {
  smoke: {
    folder: () => join(projectFolder(), 'data', 'samples', 'bccd'),
    contents: '8a31fca09d563202d17916a7d8110a876a20d740cfc0dd0b0dcae5f78911af83',
    images: { ...CELLS, pixels: 96 },
    pair: { teacher: { name: 'ssd-resnet14' }, student: { name: 'ssd-resnet8', width: 8 } },
    training: cells(1, 4),
    fitEpochs: 1,
  },
  short: { ...BLOOD_CELLS, training: cells(20, 16), fitEpochs: 4 },
  medium: { ...BLOOD_CELLS, training: cells(60, 16), fitEpochs: 12 },
  paper: {
    folder: () => join(cacheFolder(), 'VOCdevkit'),
    contents: 'VOC 2007 and 2012',
    images: { lists: LISTS, pixels: 300 },
    pair: { teacher: { name: 'ssd300-resnet50' }, student: { name: 'ssd300-resnet18' } },
    training: {
      ...{ epochs: 116, batch: 32, learningRate: { kind: 'multiStep', base: 1e-3, at: [77, 96], factor: 0.1 } as const },
      ...{ ...SGD, nesterov: false },
    },
    fitEpochs: 20,
  },
};

const PAPER = 'IE-KD, Table 3 (PASCAL VOC), as a summary of the paper quotes it';
const quoted = (score: number): PublishedNumber => ({ score, mark: 'Q', source: PAPER });

export const table3: Experiment = {
  name: 'table3',
  title: 'Detection: does a student that inherits and explores find more?',
  place: 'Table 3',
  paperEpochs: 'the paper’s are not known',
  rows(budget) {
    const setting = SETTINGS[budget.name] ?? (SETTINGS['short'] as DetectionSetting);
    return [
      ...rowsOf(setting, budget),
      ...Object.entries({ alone: quoted(71.61), IE: quoted(73.51) }).map(([label, published]): ExperimentRow => {
        return { group: 'The paper, PASCAL VOC', label, published };
      }),
    ];
  },
};

function rowsOf(setting: DetectionSetting, budget: Budget): ExperimentRow[] {
  const { pair, fitEpochs } = setting;
  const factors = {
    rate: 0.5,
    distance: 'l1',
    coder: 'batchNorm',
    feature: 'last',
    fit: { epochs: fitEpochs, learningRate: 0.1 },
  };
  const entries: readonly MethodEntry[] = [
    ALONE,
    { label: 'FT', method: { name: 'ft', ...factors, weight: FT_WEIGHT }, first: true },
    { label: 'IE-FT', method: { name: 'ie-ft', ...factors, ...HALVES }, first: true },
  ];
  const plan = planMaker(setting, budget);
  const teacher = pairTeacher(budget, plan(pair.teacher, { name: 'supervised' }));
  const group = `${detectorTitle(pair.teacher)} → ${detectorTitle(pair.student)}`;
  return [
    { group, label: 'teacher', ...teacher.row, teacher: true },
    ...entries.map(({ method, ...about }): ExperimentRow => {
      return { group, ...about, plan: { ...plan(pair.student, method), ...teacherFor(method, teacher.entry) } };
    }),
  ];
}

/** Plans of seed 0; what is fitted to the teacher is the same for all seeds. */
function planMaker(setting: DetectionSetting, budget: Budget): (network: NetworkSpec, method: MethodSpec) => RunPlan {
  const { training, images } = setting;
  const { batch = training.batch, precision, objects, backbones = {} } = budget;
  const dataset: DatasetConfig = objects ? { ...withoutNames(images), ...objects } : { ...placed(setting), ...images };
  return (student, method) => ({
    dataset,
    task: { name: 'detection' },
    student,
    method,
    training: { ...training, ...(batch === undefined ? {} : { batch }) },
    ...(precision === 'float32' ? { precision } : {}), // in bfloat16 no detector was trained yet
    ...('fit' in method ? { fitSeed: 0 } : {}),
    ...(backbones[student.name] === undefined ? {} : { from: backbones[student.name] as string }),
    seed: 0,
  });
}

/** Pictures of the user's own have classes and lists of their own. */
const withoutNames = ({ classNames: _, lists: __, ...images }: DetectionSetting['images']): Omit<DatasetConfig, 'name'> => images;

/** Where the pictures are, or else what they are: the hash of either is the same. */
function placed({ folder, contents }: DetectionSetting): DatasetConfig {
  const path = folder();
  return isVocFolder(path) ? { name: `voc:${path}` } : ({ name: 'voc', contents } as DatasetConfig);
}

/** Of one year, or of several with 2007 among them. */
const isVocFolder = (path: string): boolean =>
  [path, join(path, 'VOC2007')].some((year) => ['ImageSets', 'Annotations'].every((part) => existsSync(join(year, part))));

/** `SSD ResNet-14 of width 32`, `SSD300 ResNet-50` */
function detectorTitle({ name, width }: NetworkSpec): string {
  const [, detector = '', depth = ''] = /^(ssd\d*)-resnet(\d+)$/.exec(name) ?? [];
  return `${detector.toUpperCase()} ResNet-${depth}${width === undefined ? '' : ` of width ${width}`}`;
}
