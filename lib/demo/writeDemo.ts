/**
 * A static page in a folder that shows a network, and beside it its teacher, at work on pictures: the exported models, the library's own
 * modules for pictures and relevance, tfjs from the installed packages, and three hand-written files. Nothing is fetched from elsewhere.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { imageSizes } from '../data/classification/imageDataOptions';
import type { DatasetOptions, ImageSet } from '../data/types';
import { browserFiles, webgpuFiles } from '../engine/browser/browserFiles';
import { tfjsModel } from '../export/tfjs/exportTfjs';
import { fileSizes, type WrittenFile } from '../export/writtenFile';
import { normalisationFor } from '../models/inputNormalisation';
import type { InputNormalisation, Network } from '../models/types';
import { refuse, refusePhrase } from '../util/check';
import { inside, readBytes, writeAtomic } from '../util/files';
import { LIBRARY } from '../util/package/ownPackage';
import { moduleScript } from './moduleScript';
import {
  PAGE_DATA,
  type PageData,
  type PageHalf,
  type PageImageData,
  type PageNetworkData,
  type PageSample,
  type PageTrainingData,
} from './pageData';
import type { DemoSample } from './samples';

/** What a page shows. */
export interface Demo {
  readonly student: Network;
  readonly teacher?: Network;
  readonly halves: readonly PageHalf[];
  readonly classNames: readonly string[];
  readonly normalisation: InputNormalisation;
  /** Of the data set, where pictures are brought to another size than `pixels` · 256 / 224 before their middle is taken. */
  readonly resize?: DatasetOptions['resize'];
  readonly dataset?: string;
  readonly method?: string;
  readonly samples: readonly DemoSample[];
  /** Images of which a second page trains the student anew, of at most 256 classes; absent: no such page. */
  readonly training?: ImageSet;
}

/** Files that are there before anything is written. */
const SITE = join(LIBRARY, 'demo', 'site');
const SITE_FILES = ['index.html', 'page.css', 'answers.css', 'page.js', 'bench.js', 'pictures.js', 'sources.js', 'view.js'];
const TRAINING_FILES = ['train.html', 'train.css', 'train.js'];
const TRAINING: Omit<PageTrainingData, 'count'> = { images: 'training/images.bin', labels: 'training/labels.bin' };
/** Where tfjs's files lie, below the page. */
const TFJS_FOLDER = 'tfjs';
/** What the library's modules name: globals of tfjs's scripts, and Node's hashes, which nothing in a page computes. */
export const PAGE_PACKAGES = {
  '@tensorflow/tfjs': 'globalThis.tf',
  '@tensorflow/tfjs-backend-cpu': '({})',
  '@tensorflow/tfjs-backend-wasm': 'globalThis.tf.wasm',
  'node:crypto': '({})',
};

type Content = Uint8Array | string;

/**
 * Writes the page; `demo.json` comes last, and who sees it finds all that it names. @returns the files, with their sizes
 * @throws InputError for detectors, networks that cannot be exported, images of two sizes, and a folder with something else in it;
 * nothing is written then
 */
export function writeDemo(folder: string, demo: Demo): WrittenFile[] {
  checkFolder(folder);
  const files = [...demoFiles(demo)].map(([name, content]) => ({ path: inside(folder, name), content }));
  for (const { path, content } of files) writeAtomic(path, content);
  return fileSizes(files.map(({ path }) => path));
}

/** All files by name, `demo.json` last. */
function demoFiles(demo: Demo): ReadonlyMap<string, Content> {
  const { student, teacher, dataset, method, classNames, samples, training } = demo;
  const exported = [...(teacher ? [exportedFor('teacher', teacher, demo)] : []), exportedFor('student', student, demo)];
  const offered = samples.map(({ ending, label }, i): PageSample => {
    return { file: `samples/${i + 1}${ending}`, ...(label === undefined ? {} : { label }) };
  });
  const data: PageData = {
    ...(dataset === undefined ? {} : { dataset }),
    ...(method === undefined ? {} : { method }),
    ...{ classNames, image: imageDataOf(demo), networks: exported.map((one) => one.described), samples: offered },
    ...(training ? { training: { ...TRAINING, count: training.count } } : {}),
  };
  return new Map<string, Content>([
    ...SITE_FILES.map((name) => [name, readBytes(join(SITE, name))] as const),
    ['library.js', moduleScript(join(__dirname, 'page', 'pageLibrary.js'), PAGE_PACKAGES)],
    ...Object.entries(browserFiles()).map(([name, path]) => [`${TFJS_FOLDER}/${name}`, readBytes(path)] as const),
    ...exported.flatMap(({ files }) => files),
    ...samples.map(({ bytes }, i) => [(offered[i] as PageSample).file, bytes] as const),
    ...(training ? trainingFiles(training, student) : []),
    [PAGE_DATA, `${JSON.stringify(data, undefined, 1)}\n`],
  ]);
}

/** The page that trains: its own script, and what it trains on. */
function trainingFiles(training: ImageSet, { input }: Network): [string, Content][] {
  const { images, labels, height, width, channels } = training;
  if ([height, width, channels].join() !== input.join()) {
    throw refuse('demo: training', `images of ${input.join('×')}, as the student has`, [height, width, channels]);
  }
  return [
    ...TRAINING_FILES.map((name): [string, Content] => [name, readBytes(join(SITE, name))]),
    ['trainer.js', moduleScript(join(__dirname, 'page', 'trainer.js'), PAGE_PACKAGES)],
    ...Object.entries(webgpuFiles()).map(([name, path]): [string, Content] => [`${TFJS_FOLDER}/${name}`, readBytes(path)]),
    [TRAINING.images, images],
    [TRAINING.labels, Uint8Array.from(labels)],
  ];
}

/** A network as the page has it: its files, and what is said of it. */
function exportedFor(role: PageNetworkData['role'], network: Network, demo: Demo) {
  checkNetwork(role, network, demo);
  const { classNames, normalisation, halves } = demo;
  const { json, shards } = tfjsModel(network, { classNames, normalisation, foldBatchNorm: true });
  const files = [...Object.entries(shards), ['model.json', json] as const].map(
    ([name, content]) => [`${role}/${name}`, content] as const,
  );
  const described: PageNetworkData = {
    ...{ role, name: network.name, folder: role, spec: network.spec },
    normalisation: normalisationFor(network, normalisation),
    parameters: network.variables.parameterCount(),
    bytes: files.reduce((sum, [, content]) => sum + Buffer.byteLength(content), 0),
    halves: role === 'student' ? halves : [],
  };
  return { files, described };
}

/** A folder that is new, empty, or a page of before. */
function checkFolder(folder: string): void {
  if (!existsSync(folder) || existsSync(join(folder, PAGE_DATA))) return;
  const [other] = readdirSync(folder);
  if (other !== undefined)
    throw refusePhrase(folder, 'a new or empty folder, or a demo of before', `one with ${other} in it`, 'name another');
}

function imageDataOf({ student: { input }, resize }: Demo): PageImageData {
  const [height, width, channels] = input;
  if (channels !== 1 && channels !== 3) throw refuse('demo', 'a network of grey pictures or of colours', `${channels} channels`);
  return { ...imageSizes({ pixels: [height, width], ...(resize === undefined ? {} : { resize }) }), channels };
}

function checkNetwork(role: string, { name, priors, classes, input }: Network, { student, classNames }: Demo): void {
  const at = `demo: ${role} ${name}`;
  if (priors) throw refusePhrase(at, 'a network that tells classes apart', 'a detector', 'iekd detect draws what it finds');
  if (classNames.length !== classes) throw refuse(at, `the ${classNames.length} classes that have names`, classes);
  const images = (size: Network['input']): string => `images of ${size.join('×')}`;
  if (input.join() !== student.input.join())
    throw refusePhrase(at, `${images(student.input)}, as the student has`, images(input));
}
