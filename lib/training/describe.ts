/** The head of a run in sentences: who learns, who is frozen, on what, and what each term of the loss means. */

import type { MeasuredTerm } from '../optim/objective';
import { describeOptimizer } from '../optim/optimizers';
import { describeSchedule, type Schedule } from '../optim/schedule';
import { trainingOptions } from '../optim/trainingOptions';
import { isObject, refuse } from '../util/check';
import { roleOf } from '../util/networkRoles';
import { count, counted } from '../util/text';
import type { RunDescription, StageDescription } from './events';

/**
 * One sentence a line, for a terminal or a notebook:
 * `Student resnet20 (272,474 parameters) is trained by ie-ft (…).`, `Teacher resnet56 (…) is frozen, in evaluation mode.`, …
 */
export function describeRun(description: RunDescription): string[] {
  if (!isObject(description) || !('stages' in description))
    throw refuse('describeRun', 'the facts of a run, as train returns them', description);
  const { student, peers = [], teachers, method, data, stages, seed, fitSeed, expected } = description;
  const { teacherMode = 'evaluation', weightScale = 1 } = description;
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
    ...(weightScale === 1 ? [] : [`For the size of the maps its weights are multiplied by ${digits(weightScale)}.`]),
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

function unrelated(value: number | undefined): string {
  return value === undefined ? '' : `${digits(value)} for unrelated factors and `;
}

/** What the first step of a stage measured: `inheritance: 0.0189 · weight 50 = 0.945 (mean over elements)`. */
export function describeTerms(terms: readonly MeasuredTerm[]): string[] {
  return terms.map(({ name, value, weight, weighted, reduction }) => {
    const how = reduction === undefined ? '' : ` (${reduction})`;
    return `${name}: ${digits(value)} · weight ${weight} = ${digits(weighted)}${how}`;
  });
}

function describeStage({ name, parameters, stepsPerEpoch, training }: StageDescription): string {
  const { epochs, batch, learningRate, augment, optimizer } = trainingOptions('describeRun', training);
  const words = describeSchedule(learningRate);
  const rate = typeof learningRate === 'number' ? ` ${words}` : ` (${words})`;
  const by = describeOptimizer(optimizer, rate);
  const images = `batches of ${batch}${augment ? ', images varied' : ''}`;
  return `Stage "${name}": ${count(parameters)} parameters, ${counted(epochs, 'epoch')} of ${counted(stepsPerEpoch, 'step')}, ${by}, ${images}.`;
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
