/**
 * Replays a golden file: values that PyTorch computed from given weights and inputs (lib/bench/pytorch_reference.py golden),
 * held against what the library computes on the engine that is running. Any depth, shortcut option, batch and number of steps;
 * those are read from the file. A part of which the file has nothing is told as not covered. What float32 rounding decides is
 * measured, not guessed (goldenRounding.ts).
 */
import { factorAutoEncoder } from '../models/factor/factorEncoder';
import { resnet } from '../models/families/resnet';
import { type Blueprint, networkOf } from '../models/network';
import { knownKeys, numberIn, refuse } from '../util/check';
import { random } from '../util/rng';
import { type Compared, compareGroup, type GoldenGroup, type Tolerance } from './goldenCompare';
import { type GoldenFacts, type GoldenFile, openGolden } from './goldenFile';
import { replayLosses } from './goldenLosses';
import { replayEncoder, replayNetwork, replayTeacher } from './goldenNetworks';
import { roundingSpreads } from './goldenRounding';
import { TRAJECTORIES } from './goldenTrajectories';
import { groupsOf, hasTrajectory, replayTrajectory } from './goldenTrajectory';

/** Bars of a replay. */
export interface GoldenTolerances {
  /** One forward or backward pass: default 1e-4 relative + 1e-5 absolute. */
  readonly pass: Tolerance;
  /** Several optimiser steps: default 1e-3 relative + 1e-4 absolute. */
  readonly training: Tolerance;
}

export const GOLDEN_TOLERANCES: GoldenTolerances = {
  pass: { relative: 1e-4, absolute: 1e-5 },
  training: { relative: 1e-3, absolute: 1e-4 },
};

export interface GoldenOptions {
  /** Name of the file in errors. */
  readonly where?: string;
  readonly tolerances?: Partial<GoldenTolerances>;
}

export interface GoldenReport {
  readonly facts: GoldenFacts;
  readonly groups: readonly GoldenGroup[];
  /** Names of the groups of which the file has no tensor. */
  readonly notCovered: readonly string[];
  /** Tensors that no part of the file needs: of decoders that PyTorch's reference has beside encoders which have none here. */
  readonly unused: readonly string[];
  readonly passed: boolean;
}

/** The groups in the order of the report, with the bar that each has to meet. */
const GROUPS: Readonly<Record<string, keyof GoldenTolerances>> = {
  forward: 'pass',
  gradients: 'pass',
  statistics: 'pass',
  teacher: 'pass',
  'factor encoder': 'pass',
  'factor encoder gradients': 'pass',
  losses: 'pass',
  'loss gradients': 'pass',
  ...Object.fromEntries(TRAJECTORIES.flatMap(groupsOf).map((group) => [group, 'training'])),
};

/** What the names of a file's tensors begin with, or are. */
const KNOWN = [
  ...['x', 'y', 'init.*', 'train.*', 'eval.*', 'after.net.*', 'teacher.*', 'enc_t.*', 'loss.*', 'ie.enc_t.*'],
  ...TRAJECTORIES.flatMap(({ key }) => [`${key}.trajectory`, `${key}.after.*`]),
];

/** The decoders beside the student's encoders, in PyTorch's reference. */
const CARRIED = /^(init|ie\.after)\.enc_(inh|exp)\.decode\./;

/**
 * Replays a file on the running engine. A tensor that is missing from a part that the file has, or that no part knows, is an
 * error naming it.
 * @param bytes a safetensors file
 */
export function replayGolden(bytes: Uint8Array, options: GoldenOptions = {}): GoldenReport {
  knownKeys('replayGolden', options, ['where', 'tolerances']);
  const tolerances = checkTolerances({ ...GOLDEN_TOLERANCES, ...options.tolerances });
  const where = options.where ?? 'golden file';
  const file = openGolden(bytes, where);
  const rows = replayAll(file);
  const unused = file.unread().filter((name) => CARRIED.test(name));
  const unknown = file.unread().filter((name) => !CARRIED.test(name));
  if (unknown.length > 0) throw refuse(where, `only tensors that the replay knows (${KNOWN.join(', ')})`, unknown.slice(0, 5));
  const spreads = roundingSpreads(file, rows, replayAll);
  const ofGroup = (name: string): Compared[] => rows.filter(({ group }) => group === name);
  const covered = Object.entries(GROUPS).filter(([name]) => ofGroup(name).length > 0);
  const groups = covered.map(([name, kind]) =>
    compareGroup(name, ofGroup(name), tolerances[kind], (row, enough) => spreads(row, tolerances[kind], enough)),
  );
  const notCovered = Object.keys(GROUPS).filter((name) => ofGroup(name).length === 0);
  return { facts: file.facts, groups, notCovered, unused, passed: groups.length > 0 && groups.every((group) => group.passed) };
}

function checkTolerances(tolerances: GoldenTolerances): GoldenTolerances {
  knownKeys('replayGolden: tolerances', tolerances, Object.keys(GOLDEN_TOLERANCES));
  for (const [name, { relative, absolute }] of Object.entries(tolerances)) {
    if (!(relative > 0)) throw refuse(`replayGolden: ${name}: relative`, 'a number above 0', relative);
    numberIn(`replayGolden: ${name}: absolute`, absolute, 0);
  }
  return tolerances;
}

function replayAll(file: GoldenFile): Compared[] {
  const blueprints = networksOf(file.facts); // checked before anything is made
  const [net, teacher] = [networkOf(blueprints.net, random(0)), networkOf(blueprints.teacher, random(0))];
  const encoder = factorAutoEncoder({ from: file.facts.channels, to: file.facts.factor }, random(0));
  try {
    net.variables.load(file.state('init.net'), 'golden: init.net');
    teacher.variables.load(file.state('init.teacher'), 'golden: init.teacher');
    encoder.variables.load(file.state('init.enc_t'), 'golden: init.enc_t');
    const has = (...prefixes: string[]): boolean =>
      file.names().some((name) => prefixes.some((prefix) => name.startsWith(`${prefix}.`)));
    return [
      ...(has('train', 'eval', 'after') ? replayNetwork(file, net) : []),
      ...(has('teacher') ? replayTeacher(file, teacher) : []),
      ...(has('enc_t') ? replayEncoder(file, encoder) : []),
      ...(has('loss') ? replayLosses(file) : []),
      ...TRAJECTORIES.filter((one) => hasTrajectory(file, one)).flatMap((one) => replayTrajectory(file, one, net, teacher)),
    ];
  } finally {
    for (const one of [net, teacher, encoder]) one.dispose();
  }
}

/** By their family: a file's networks are CIFAR ResNets, whatever else a name may stand for. */
function networksOf({ depth, teacherDepth, option, classes, input }: GoldenFacts): Record<'net' | 'teacher', Blueprint> {
  return {
    net: resnet.blueprint({ name: `resnet${depth}`, shortcut: option, classes, input }),
    teacher: resnet.blueprint({ name: `resnet${teacherDepth}`, shortcut: 'B', classes, input }),
  };
}
