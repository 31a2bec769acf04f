/** The head of a run in sentences: who learns, who is frozen, on what, and what each term of the loss means. */

import type { MeasuredTerm } from '../optim/objective';
import { describeOptimizer } from '../optim/optimizers';
import { describeOptional } from '../optim/optionalSettings';
import { describeSchedule, type Schedule } from '../optim/schedule';
import { trainingOptions } from '../optim/trainingOptions';
import { taskNamed } from '../tasks';
import { isObject, refuse } from '../util/check';
import { roleOf } from '../util/networkRoles';
import { count, counted } from '../util/text';
import type { RunDescription, StageDescription } from './events';
import { lossShares, shareText } from './lossShares';

/**
 * One sentence a line, for a terminal or a notebook:
 * `Student resnet20 (272,474 parameters) is trained by ie-ft (…).`, `Teacher resnet56 (…) is frozen, in evaluation mode.`, …
 */
export function describeRun(description: RunDescription): string[] {
  if (!isObject(description) || !('stages' in description))
    throw refuse('describeRun', 'the facts of a run, as train returns them', description);
  const { student, peers = [], teachers, method, data, stages, seed, fitSeed, expected } = description;
  const { teacherMode = 'evaluation' } = description;
  const scale = expected ? [`The distance is ${unrelated(expected.unrelated)}at most ${digits(expected.bound)}.`] : [];
  return [
    `Student ${student.name} (${count(student.parameters)} parameters) is trained by ${method.name}${options(method.options)}.`,
    ...peers.map((peer) => `Peer ${peer.name} (${count(peer.parameters)} parameters) learns beside it.`),
    ...teachers.map((t) => `Teacher ${t.name} (${count(t.parameters)} parameters) is frozen, in ${teacherMode} mode.`),
    ...compared(description),
    `Data: ${data.name}, ${count(data.train)} training, ${count(data.validation)} validation, ${count(data.test)} test images.`,
    ...stages.map(describeStage),
    `Seed ${seed}${fitSeed === undefined ? '' : `; what is fitted to the teacher is drawn from seed ${fitSeed}`}.`,
    ...scale,
    ...scaled(description),
  ];
}

/** `Compared: stage3 (teacher) with stage5 (student).`, of peers `Compared: stage3 (student), stage5 (peer1).` */
function compared({ reads }: RunDescription): string[] {
  if (!reads) return [];
  if (reads.peers) {
    const maps = [reads.student, ...reads.peers].map((names, i) => `${names.join(', ')} (${roleOf(i)})`);
    return [`Compared: ${maps.join(', ')}.`];
  }
  const pairs = reads.teacher.map((map, i) => `${map} (teacher) with ${reads.student[i]} (student)`);
  return [`Compared: ${pairs.join(', ')}.`];
}

/** `(D₀ / D)^e`, written as it is spoken of. */
const RATIOS: Readonly<Record<number, string>> = { [-1]: 'D / D₀', [-0.5]: '√(D / D₀)', 0.5: '√(D₀ / D)', 1: 'D₀ / D' };

/** Why weights of distances are others than those that were given, where they are. */
function scaled({ weightScale = 1, sizeExponent = 0, reads, task }: RunDescription): string[] {
  const map = taskNamed(task).distanceMap;
  if (weightScale === 1 || !map) return [];
  const ratio = RATIOS[sizeExponent] ?? `(D₀ / D)^${digits(sizeExponent)}`;
  const over = (reads?.teacher.length ?? 1) > 1 ? `the mean of ${ratio} over the maps` : ratio;
  return [
    `For the size of the maps its weights are multiplied by ${digits(weightScale)}, ${over}: D values are compared, D₀ on a map of ${map.join('×')}, for which the weights are meant.`,
  ];
}

function unrelated(value: number | undefined): string {
  return value === undefined ? '' : `${digits(value)} for unrelated factors and `;
}

/** What the first step of a stage measured: `inheritance: 0.0189 · weight 50 = 0.945, 43 % of the loss (mean over elements)`. */
export function describeTerms(terms: readonly MeasuredTerm[]): string[] {
  const shares = lossShares(terms);
  return terms.map(({ name, value, weight, weighted, reduction }, i) => {
    const how = reduction === undefined ? '' : ` (${reduction})`;
    const share = terms.length > 1 ? `, ${shareText(shares[i] as number)} of the loss` : '';
    return `${name}: ${digits(value)} · weight ${digits(weight)} = ${digits(weighted)}${share}${how}`;
  });
}

function describeStage({ name, parameters, stepsPerEpoch, training }: StageDescription): string {
  const settings = trainingOptions('describeRun', training);
  const { epochs, batch, learningRate, augment, optimizer, decay } = settings;
  const words = describeSchedule(learningRate);
  const rate = typeof learningRate === 'number' ? ` ${words}` : ` (${words})`;
  const by = `${describeOptimizer(optimizer, rate)}${decay === 'weights' ? ' (none on norms and biases)' : ''}`;
  const images = `batches of ${batch}${augment ? ', images varied' : ''}`;
  return `Stage "${name}": ${count(parameters)} parameters, ${counted(epochs, 'epoch')} of ${counted(stepsPerEpoch, 'step')}, ${by}, ${images}${describeOptional(settings)}.`;
}

/** ` (ratio 0.5, split natural)`, nothing without options. */
function options(values: Readonly<Record<string, unknown>>): string {
  const list = entries(values);
  return list === '' ? '' : ` (${list})`;
}

const entries = (values: object): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');

/** `0.5`, `natural`, `[stage1, stage2]`, `(epochs 30, learningRate 0.1)`; a schedule in its words. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (!isObject(value)) return String(value);
  return `(${isSchedule(value) ? describeSchedule(value) : entries(value)})`;
}

const isSchedule = (value: object): value is Exclude<Schedule, number> => 'kind' in value && 'base' in value;

const digits = (x: number): string => String(Number(x.toPrecision(3)));
