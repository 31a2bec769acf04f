/**
 * What reading pictures costs training: ResNet-20 on images of 64×64 from a folder of JPEGs, decoded and varied ahead of the step, beside the same
 * images from memory, in turn on the same cores; and reading alone. A folder's two first steps are not timed, so that what is read ahead when the
 * clock starts is read again for others when it stops.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDataset } from '../data';
import { batches } from '../data/batches';
import { imageSet } from '../data/images/imageSet';
import { loadSharp } from '../data/pictures/decodePicture';
import type { Batch, Dataset, ImageSet, ImageSource } from '../data/types';
import { supervised } from '../methods/supervised';
import { buildNetwork } from '../models';
import { sgd } from '../optim/optimizers/sgd';
import { Passes } from '../optim/pass';
import { trainStep } from '../optim/step';
import { DEFAULT_TASK } from '../tasks';
import { disposeBatch, tensorBatch } from '../tasks/tensorBatch';
import { studentObjective } from '../training/studentObjective';
import { integerIn } from '../util/check';
import { random } from '../util/rng';
import { median } from '../util/stats';

/** Of `benchData`. */
export interface DataBenchOptions {
  /** A folder with a folder of pictures for each class; default one that is made: 256 JPEGs of 224×224 pixels, some 20 kB each. */
  readonly folder?: string | undefined;
  readonly batch?: number | undefined;
  /** Timed steps in a round; default 10. */
  readonly steps?: number;
  readonly rounds?: number;
  readonly workers?: number | undefined;
  readonly onProgress?: (what: string) => void;
}

/** Where images come from, and how fast. */
export interface DataRow {
  readonly images: string;
  /** Trained on a second, the median over rounds. */
  readonly imagesPerSecond: number;
  /** To memory's in the same round, the median over rounds. */
  readonly ratio: number;
  /** Of reading alone: images a second, and milliseconds of all cores an image. */
  readonly readPerSecond?: number;
  readonly coreMs?: number;
}

const PIXELS = 64;
const WARM_UP = 2;

/** Rows for memory, for the folder, and for the folder with `shrink: 1`, whose pictures are kept smaller (its first epoch is not timed). */
export async function benchData(options: DataBenchOptions = {}): Promise<DataRow[]> {
  const { batch = 64, steps = 10, rounds = 3, workers, onProgress } = options;
  for (const [name, value] of Object.entries({ batch, steps, rounds })) integerIn(`benchData: ${name}`, value, 1);
  const made = mkdtempSync(join(tmpdir(), 'iekd-bench-'));
  try {
    const folder = options.folder ?? (await madeUpFolder(join(made, 'pictures')));
    const load = (shrink?: number): Promise<Dataset<ImageSource>> =>
      loadDataset(`folder:${folder}`, {
        ...{ pixels: PIXELS, normalisation: 'imagenet', cache: join(made, 'cache'), workers },
        ...(shrink === undefined ? {} : { shrink }),
      });
    const [plain, shrunk] = [await load(), await load(1)];
    const sources = { memory: await inMemory(plain), folder: plain, 'folder, shrink 1': shrunk };
    onProgress?.('reading alone');
    await readAlone(shrunk, batch); // fills the cache
    const reading = { memory: {}, folder: await readAlone(plain, batch), 'folder, shrink 1': await readAlone(shrunk, batch) };
    const rates = await trainedInTurn(sources, { batch, steps, rounds, onProgress });
    return Object.entries(rates).map(([images, own]): DataRow => {
      const ratios = own.map((rate, i) => rate / (rates['memory']?.[i] ?? rate));
      const row = { images, imagesPerSecond: median(own), ratio: median(ratios) };
      return { ...row, ...reading[images as keyof typeof reading] };
    });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

type Sources = Readonly<Record<string, Dataset>>;

async function trainedInTurn(
  sources: Sources,
  {
    batch,
    steps,
    rounds,
    onProgress,
  }: { batch: number; steps: number; rounds: number; onProgress: DataBenchOptions['onProgress'] },
): Promise<Record<string, number[]>> {
  const [first] = Object.values(sources) as [Dataset];
  const student = buildNetwork({ name: 'resnet20', input: [PIXELS, PIXELS, 3], classes: first.classNames.length }, random(0));
  const distillation = supervised().build({ student, teachers: [], random: random(0), task: DEFAULT_TASK });
  const objective = studentObjective([student], [], distillation);
  const optimizer = sgd(objective.variables);
  const passes = new Passes();
  const clock = { step: 0, epoch: 0, epochs: 1 };
  const step = (one: Batch): void => {
    const tensors = tensorBatch(DEFAULT_TASK, one);
    trainStep({ stage: 'bench', objective, optimizer, batch: tensors, clock, learningRate: 0.01, passes });
    disposeBatch(tensors);
  };
  const rates: Record<string, number[]> = Object.fromEntries(Object.keys(sources).map((name) => [name, []]));
  try {
    for (let round = -1; round < rounds; round++) {
      for (const [name, data] of Object.entries(sources)) {
        onProgress?.(round < 0 ? `${name}, warming up` : `${name}, round ${round + 1} of ${rounds}`);
        const rate = await rateOf(endless(data, batch), step, round < 0 ? 1 : steps, batch);
        if (round >= 0) rates[name]?.push(rate);
      }
    }
    return rates;
  } finally {
    for (const part of [passes, optimizer, distillation, student]) part.dispose();
  }
}

async function rateOf(source: AsyncGenerator<Batch>, step: (batch: Batch) => void, steps: number, size: number): Promise<number> {
  let [done, begin] = [-WARM_UP, 0];
  for await (const batch of source) {
    if (done === 0) begin = performance.now();
    step(batch);
    done++;
    if (done === steps) break;
  }
  return (1000 * steps * size) / (performance.now() - begin);
}

/** Whole batches, epoch after epoch. */
async function* endless(data: Dataset, batch: number): AsyncGenerator<Batch, void, void> {
  for (let epoch = 0; ; epoch++) {
    const how = { batch, normalisation: data, random: random(0), augmentation: data.augmentation, epoch };
    for await (const one of batches(data.train, how)) if (one.size === batch) yield one;
  }
}

/** One epoch without training. */
async function readAlone(data: Dataset, batch: number): Promise<Pick<DataRow, 'readPerSecond' | 'coreMs'>> {
  const [cpu, begin] = [process.cpuUsage(), performance.now()];
  const how = { batch, normalisation: data, random: random(1), augmentation: data.augmentation };
  let images = 0;
  for await (const { size } of batches(data.train, how)) images += size;
  const { user, system } = process.cpuUsage(cpu);
  return { readPerSecond: (1000 * images) / (performance.now() - begin), coreMs: (user + system) / 1000 / images };
}

/** Varied as CIFAR's are. */
async function inMemory({ train, ...data }: Dataset<ImageSource>): Promise<Dataset<ImageSet>> {
  const numbers = Uint32Array.from({ length: Math.min(train.count, 2048) }, (_, i) => i);
  const labels = Uint8Array.from(numbers, (i) => train.labels[i] as number);
  const set = imageSet('bench', await train.read(numbers), labels, train);
  return { ...data, train: set, validation: set, test: set, augmentation: { pad: 4, flip: true } };
}

/** Noise that is smooth, as photographs are: JPEGs of some 20 kB. */
async function madeUpFolder(folder: string): Promise<string> {
  const sharp = loadSharp();
  const stream = random(0).stream('pictures');
  for (let i = 0; i < 320; i++) {
    const place = join(folder, String(i % 4));
    mkdirSync(place, { recursive: true });
    const side = 56;
    const noise = Buffer.from(Uint8Array.from({ length: side * side * 3 }, () => stream.below(256)));
    const image = sharp(noise, { raw: { width: side, height: side, channels: 3 } }).resize(224, 224, { kernel: 'cubic' });
    writeFileSync(join(place, `${i}.jpg`), await image.jpeg({ quality: 85 }).toBuffer());
  }
  return folder;
}
