/** `iekd demo WEIGHTS`: a page that runs a network in the browser, beside its teacher, and shows where it and its halves look. */
import type { Command } from 'commander';
import type { ImageSet } from '../../../data/types';
import type { DemoSample } from '../../../demo/samples';
import type { Demo } from '../../../demo/writeDemo';
import type { WrittenFile } from '../../../export/writtenFile';
import type { Network } from '../../../models/types';
import { refusePhrase } from '../../../util/check';
import type { StoredWeights } from '../../../weights/networkFile';
import { type EngineFlags, engineOptions, startEngine } from '../../options/engineOptions';
import { integer, names } from '../../options/parsers';
import { type DataFolderFlags, dataFolderOption, type RunsFlags, runPlace, runsOption } from '../../options/runPlace';
import { lastWeights } from '../../options/trainFlags';
import { type KnownData, knownData } from '../../options/weightsData';
import { shownPath, writeNote, writeProblem, writeResult } from '../../output/output';
import { failAfter, stoppable } from '../../output/stopping';

interface Flags extends EngineFlags, RunsFlags, DataFolderFlags {
  readonly out: string;
  readonly teacher?: string;
  readonly data?: string;
  readonly image?: string[];
  readonly samples: number;
  readonly train: number;
  readonly serve?: number | true;
  readonly json?: boolean;
}

const PORT = 8000;

export function addDemo(program: Command): void {
  const command = program
    .command('demo')
    .argument('<weights>', 'a file of weights, or a run (its folder or name), whose last weights are taken')
    .description('Write a page that runs a network in the browser, on pictures and the camera.')
    .requiredOption('--out <folder>', 'of the page: new, empty, or a demo of before')
    .option('--teacher <path>', 'weights of its teacher, to be seen beside it: a file, of PyTorch too, or a run')
    .option('--data <name>', 'data set with names of classes and normalisation; default: that of the run')
    .option('--image <file>', 'a picture that the page offers; may be repeated', names)
    .option('--samples <n>', 'so many test images of different classes are offered, too', integer(0), 8)
    .option('--train <n>', 'so many training images, and a page that trains the student anew', integer(0), 0)
    .option('--serve [port]', `serve it on this machine (127.0.0.1), port ${PORT}, until it is stopped`, integer(0))
    .option('--json', 'the files as JSON')
    .addHelpText(
      'after',
      `
The page shows the likeliest classes, times, sizes, and by layer-wise
relevance propagation where the networks look: of a student of an ie-…
method its inheritance and its exploration half. With --train a second
page trains such a student in the browser (WebGPU, else WebAssembly).

Examples:
  iekd demo data/runs/student --teacher data/runs/teacher --out demo --serve
  iekd demo student.safetensors --data cifar10 --out demo --image cat.jpg`,
    );
  engineOptions(runsOption(dataFolderOption(command))).action(writePage);
}

async function writePage(typed: string, flags: Flags): Promise<void> {
  const { studentOfRun } = await import('../../../experiments/studentOfRun.js');
  const { writeDemo } = await import('../../../demo/writeDemo.js');
  const { onImages } = await import('../../../models/index.js');
  const { fileSamples } = await import('../../../demo/samples.js');
  const pictures = await fileSamples(flags.image ?? []);
  const student = await weightsOf('demo', typed, flags);
  const teacher = flags.teacher === undefined ? undefined : await weightsOf('--teacher', flags.teacher, flags);
  await startEngine(flags);
  const known = await knownData(student.path, student.weights, flags);
  const { classNames, normalisation } = known.notes;
  if (!classNames || !normalisation) {
    throw refusePhrase(
      'demo',
      'names of the classes and a normalisation',
      'none',
      'name the data set of the weights with --data',
    );
  }
  const built: Network[] = [];
  const build = ({ path, weights }: Weights): Network => {
    const network = networkOf(weights, path);
    built.push(network);
    return network;
  };
  const { networkOf } = await import('../../../weights/networkFile.js');
  try {
    const network = build(student);
    const demo: Demo = {
      ...{ student: network, classNames, normalisation, ...studentOfRun(student.path) },
      ...(teacher ? { teacher: onImages('demo: --teacher', build(teacher), network.input) } : {}),
      ...describedData(known),
      samples: [...pictures, ...(await testSamples(known, network, flags.samples))],
      ...(flags.train > 0 ? { training: await trainingImages(known, flags.train) } : {}),
    };
    report(writeDemo(flags.out, demo), demo, flags);
  } finally {
    for (const network of built) network.dispose();
  }
  if (flags.serve !== undefined) await serve(flags.out, flags.serve === true ? PORT : flags.serve);
}

interface Weights {
  readonly path: string;
  readonly weights: StoredWeights;
}

async function weightsOf(option: string, typed: string, flags: Flags): Promise<Weights> {
  const { readRunWeights } = await import('../../../experiments/run/runWeights.js');
  const path = await lastWeights(option, runPlace(typed, flags));
  return { path, weights: readRunWeights(path) };
}

/** A folder of pictures is not named: its path says nothing to others. */
function describedData({ dataset }: KnownData): Pick<Demo, 'dataset' | 'resize'> {
  if (!dataset) return {};
  const { name, resize } = dataset;
  return { dataset: name.includes(':') ? 'pictures' : name, ...(resize === undefined ? {} : { resize }) };
}

/** Test images, where the data set's are as large as the network's. */
async function testSamples({ data, notes }: KnownData, { input }: Network, most: number): Promise<DemoSample[]> {
  const { imageSamples } = await import('../../../demo/samples.js');
  const { test } = data?.set ?? {};
  const fits = test && [test.height, test.width, test.channels].every((size, i) => size === input[i]);
  return fits ? imageSamples(test, notes.classNames ?? [], most) : [];
}

/** The first ones of the data set. */
async function trainingImages({ data }: KnownData, most: number): Promise<ImageSet> {
  const { readImages } = await import('../../../data/images/imageSource.js');
  if (!data) throw refusePhrase('demo: --train', 'the data set of the weights', 'none', 'name it with --data');
  const { train } = data.set;
  return readImages(
    train,
    Uint32Array.from({ length: Math.min(most, train.count) }, (_, i) => i),
  );
}

function report(files: readonly WrittenFile[], { halves, teacher }: Demo, { out, serve: served, json }: Flags): void {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const text = `wrote ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, into ${shownPath(out)}`;
  writeResult({ json: files, text }, json);
  if (halves.length === 0) writeNote('Relevance is of the whole student: these weights lie in no run whose student was split.');
  if (!teacher) writeNote('The student is alone: --teacher puts its teacher beside it.');
  if (served === undefined) {
    writeNote(
      `Any server of static files will do: npx http-server ${shownPath(out)}, or python3 -m http.server -d ${shownPath(out)}`,
    );
  }
}

/** Until a signal comes. */
async function serve(folder: string, port: number): Promise<void> {
  const { serveFolder } = await import('../../../demo/serveFolder.js');
  const { signal } = await stoppable(async (stop) => {
    const { url, close } = await serveFolder(folder, port);
    writeProblem(`Serving ${shownPath(folder)} at ${url} (Ctrl-C ends it)`);
    await new Promise<void>((stopped) => void stop.onRequest(() => stopped()));
    await close();
  });
  await failAfter(signal);
}
