// @ts-check
/** Tiny runs of every method: their configurations, and what of a run must not depend on how often it was broken off. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const HERE = dirname(fileURLToPath(import.meta.url));
export const DIST = join(HERE, '..', '..', 'lib', 'dist');
export const CLI = join(HERE, '..', '..', 'lib', 'bin', 'iekd.cjs');

/** Entries of rows and reports that a clock decides. */
// sha256: of a report, over its times, too; weights have theirs by the names of their networks.
const TIMES = ['sha256', 'seconds', 'imagesPerSecond', 'etaSeconds', 'fallbackMs', 'date', 'provenance', 'together'];
/** All that a complete run leaves. */
const FILES = ['checkpoint.safetensors', 'config.json', 'description.txt', 'inputs.json', 'metrics.jsonl', 'result.json'];

const DATASET = { name: 'fashion-mnist', train: 24, validation: 8, test: 8 };
const NETWORK = { name: 'resnet8' };

/** The run of a teacher. @param {number} seed */
export function teacherConfig(seed) {
  const training = { epochs: 1, batch: 8, learningRate: 0.05 };
  return { dataset: DATASET, student: NETWORK, method: { name: 'supervised' }, training, seed };
}

/**
 * One run a method: its encoders are fitted for two epochs, its student is pretrained for two where that belongs to it.
 * @param {readonly string[]} teachers files of weights
 * @param {number} epochs of the student's stage
 */
export function configsOfMethods(teachers, epochs) {
  const { describeMethods } = require(join(DIST, 'index.js'));
  return describeMethods().map((/** @type {{ name: string, teachers: number, peers: boolean, options: object }} */ row) => {
    const files = teachers.slice(0, row.teachers).map((weights) => ({ network: NETWORK, weights }));
    const pretrains = 'pretrain' in row.options && Number(row.options.pretrain) > 0;
    return {
      dataset: DATASET,
      student: NETWORK,
      method: { name: row.name, ...('fit' in row.options ? { fit: { epochs: 2 } } : {}), ...(pretrains ? { pretrain: 2 } : {}) },
      ...(files.length > 0 ? { teacher: files.length === 1 ? files[0] : files } : {}),
      ...(row.peers ? { peers: [NETWORK] } : {}),
      training: { epochs, batch: 8, learningRate: { kind: 'cosine', base: 0.02 }, augment: true },
      seed: 1,
    };
  });
}

/**
 * What a complete run has left, as text: weights to the bit, the rows of its log and its report without times, and which files.
 * @param {string} folder
 */
export function outcomeOf(folder) {
  const names = readdirSync(folder).sort();
  const weights = names.filter((name) => /-(last|best)[.]safetensors$/.test(name));
  const extra = names.filter((name) => !FILES.includes(name) && !weights.includes(name));
  const hashes = weights.map(
    (name) =>
      `${name} ${createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex')}`,
  );
  const rows = readFileSync(join(folder, 'metrics.jsonl'), 'utf8').trim().split('\n').map(withoutTimes);
  return [
    ...hashes,
    ...rows,
    withoutTimes(readFileSync(join(folder, 'result.json'), 'utf8')),
    `left over: ${extra.join(' ')}`,
  ].join('\n');
}

/** @param {string} json */
function withoutTimes(json) {
  return JSON.stringify(JSON.parse(json, (key, value) => (TIMES.includes(key) ? undefined : value)));
}

/** @param {string} folder */
export const isComplete = (folder) => existsSync(join(folder, 'result.json')) && statSync(join(folder, 'result.json')).size > 0;
