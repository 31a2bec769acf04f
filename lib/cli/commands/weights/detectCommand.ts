/** `iekd detect IMAGE…`: what a trained detector finds in pictures, as a list and as pictures with boxes. */
import { basename, extname, join } from 'node:path';
import type { Command } from 'commander';
import type { detect as detectIn } from '../../../tasks/detection/detect';
import { refusePhrase } from '../../../util/check';
import { writeAtomic } from '../../../util/files';
import type { StoredWeights } from '../../../weights/networkFile';
import { type EngineFlags, engineOptions, startEngine } from '../../options/engineOptions';
import { fraction, texts } from '../../options/parsers';
import { type RunsFlags, runPlace, runsOption } from '../../options/runPlace';
import { lastWeights } from '../../options/trainFlags';
import { shownPath, textTable, writeNote, writeResult } from '../../output/output';

interface Flags extends EngineFlags, RunsFlags {
  readonly weights: string;
  readonly score: number;
  readonly classes?: string[];
  readonly out?: string;
  readonly json?: boolean;
}

export function addDetect(program: Command): void {
  const command = program
    .command('detect')
    .argument('<images...>', 'files of pictures: JPEG, PNG, WebP')
    .description('Find objects in pictures by a trained detector.')
    .requiredOption('--weights <path>', 'of the detector: a file, or a run (its folder or name), whose last weights are taken')
    .option('--score <s>', 'boxes from this score on', fraction, 0.5)
    .option('--classes <names>', 'names of the classes, separated by commas; default: those of the weights', texts)
    .option('--out <folder>', 'draw the boxes into copies of the pictures, PNG')
    .option('--json', 'the boxes as JSON')
    .addHelpText(
      'after',
      `
Boxes are in pixels of the picture: left, top, right, bottom.

Examples:
  iekd detect cells.jpg --weights data/runs/detector
  iekd detect *.jpg --weights detector.safetensors --score 0.3 --out boxes`,
    );
  engineOptions(runsOption(command)).action(detectAll);
}

type Detections = ReturnType<typeof detectIn>;

/** What was found in one picture. */
interface Found {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly FoundBox[];
}

interface FoundBox {
  readonly class: string;
  readonly score: number;
  /** Left, top, right, bottom in pixels. */
  readonly box: readonly number[];
}

async function detectAll(images: readonly string[], flags: Flags): Promise<void> {
  const { readRunWeights } = await import('../../../experiments/run/runWeights.js');
  const { dataNotesOf } = await import('../../../experiments/run/dataNotes.js');
  const { networkOf } = await import('../../../weights/networkFile.js');
  const { detect } = await import('../../../tasks/detection/detect.js');
  const { boxesPicture } = await import('../../../notebook/plots/boxesPicture.js');
  const { readPicture } = await import('../../../data/pictures/decodePicture.js');
  const path = await lastWeights('--weights', runPlace(flags.weights, flags));
  const stored = readRunWeights(path);
  const { normalisation, classNames } = dataNotesOf(path, stored);
  const names = namesOf(flags, classNames, stored);
  if (flags.out !== undefined) checkNames(images);
  await startEngine(flags);
  const network = networkOf(stored, path);
  const all: Found[] = [];
  try {
    for (const image of images) {
      const picture = await readPicture(image);
      const found = detect(network, picture, { normalisation, score: flags.score });
      all.push({ image, width: picture.width, height: picture.height, boxes: boxesOf(found, names) });
      if (flags.out === undefined) continue;
      const drawn = join(flags.out, drawnName(image));
      writeAtomic(drawn, boxesPicture(picture, found, { classNames: names, score: flags.score }));
      writeNote(`written: ${shownPath(drawn)}`);
    }
  } finally {
    network.dispose();
  }
  writeResult({ json: all, text: all.map(text).join('\n\n') }, flags.json);
}

function namesOf({ classes }: Flags, known: readonly string[] | undefined, { spec }: StoredWeights): readonly string[] {
  const names = classes ?? known ?? Array.from({ length: spec.classes ?? 0 }, (_, c) => `class ${c}`);
  if (names.length === spec.classes) return names;
  throw refusePhrase('detect: --classes', `${spec.classes} names, as the network has classes`, String(names.length));
}

const drawnName = (image: string): string => `${basename(image, extname(image))}.png`;

/** Pictures are drawn under their own names. */
function checkNames(images: readonly string[]): void {
  const names = images.map(drawnName);
  const twice = images.findIndex((_, i) => names.indexOf(names[i] as string) < i);
  const hint = 'draw them one after the other, into other folders';
  if (twice >= 0) throw refusePhrase('detect: --out', 'pictures of different names', images[twice] as string, hint);
}

const boxesOf = ({ boxes, classes, scores }: Detections, names: readonly string[]): FoundBox[] =>
  Array.from(classes, (c, i) => ({
    class: names[c] as string,
    score: scores[i] as number,
    box: [...boxes.subarray(4 * i, 4 * i + 4)],
  }));

function text({ image, boxes }: Found): string {
  if (boxes.length === 0) return `${image}: nothing found`;
  const rows = boxes.map(({ class: name, score, box: [left = 0, top = 0, right = 0, bottom = 0] }) => {
    const [x1, y1, x2, y2] = [left, top, right, bottom].map((value) => value.toFixed(1)) as [string, string, string, string];
    return { class: name, score: score.toFixed(2), left: x1, top: y1, right: x2, bottom: y2 };
  });
  return textTable(rows, { caption: image });
}
