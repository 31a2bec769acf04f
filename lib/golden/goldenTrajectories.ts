/** The trajectories that a golden file may hold: which method, from which state, with what in its columns. */

import type { Distillation } from '../methods/distillation';
import { ie } from '../methods/ie';
import { kdMethod } from '../methods/kd';
import { match } from '../methods/match';
import type { Matcher } from '../methods/matcher';
import { ft } from '../methods/matchers/features/ft';
import { mutual } from '../methods/mutual';
import type { GoldenFile } from './goldenFile';
import type { Trajectory, TrajectoryPart } from './goldenTrajectory';

/** `ft` with the factor of the file. */
const factorTransfer = ({ facts: { channels, factor } }: GoldenFile): Matcher => ft({ rate: factor / channels });

/** The frozen side that the method would fit. */
const fitted = ({ teacherStages: [fit] }: Distillation, from: string): TrajectoryPart[] =>
  fit ? [{ variables: fit.objective.variables, prefix: '', from }] : [];

const IE_FT: Trajectory = {
  title: 'IE-FT',
  key: 'ie',
  start: 'after.net',
  second: 'teacher',
  method(file) {
    const first = 'encode.1.weight';
    const [, , half = 0] = file.state('init.enc_inh', (name) => name === first)[first]?.shape ?? [];
    return ie(factorTransfer(file), { ratio: half / file.facts.channels });
  },
  terms: ['task', 'inheritance', 'exploration'],
  parts: (distillation) => [
    ...fitted(distillation, 'ie.enc_t'),
    { variables: distillation.variables, prefix: 'inheritance.', from: 'init.enc_inh', after: 'enc_inh' },
    { variables: distillation.variables, prefix: 'exploration.', from: 'init.enc_exp', after: 'enc_exp' },
  ],
  sampled: false,
};

const START = { start: 'init.net', sampled: true } as const;

const KD: Trajectory = {
  ...START,
  title: 'KD',
  key: 'kd',
  second: 'teacher',
  method: () => kdMethod({ alpha: 0.9, temperature: 4 }),
  terms: ['task', 'kd'],
  parts: () => [],
};

const FT: Trajectory = {
  ...START,
  title: 'FT',
  key: 'ft',
  second: 'teacher',
  method: (file) => match(factorTransfer(file), { weight: 500 }),
  terms: ['task', 'ft'],
  parts: (distillation) => [
    ...fitted(distillation, 'init.enc_t'),
    { variables: distillation.variables, prefix: 'student.', from: 'init.enc_t', after: 'enc' },
  ],
};

const ofBoth = (terms: readonly string[]): string[] => [...terms, ...terms.map((term) => `peer1.${term}`)];

/** In turn or at once, over labels alone or over IE-FT. */
function learning(updates: 'alternate' | 'simultaneous'): Trajectory[] {
  const dml: Trajectory = {
    ...START,
    title: `DML ${updates}`,
    key: `dml.${updates}`,
    second: 'peer',
    method: () => mutual(undefined, { updates }),
    terms: ofBoth(['task', 'kl']),
    parts: () => [],
  };
  const roles = [
    { role: 'net', own: 'student', other: 'peer1' },
    { role: 'peer', own: 'peer1', other: 'student' },
  ];
  const ieDml: Trajectory = {
    ...dml,
    title: `IE-DML ${updates}`,
    key: `ie-dml.${updates}`,
    method: (file) => mutual(ie(factorTransfer(file)), { updates }),
    terms: ofBoth(['task', 'kl', 'inheritance', 'exploration', 'reconstruction']),
    parts: ({ variables }) =>
      roles.flatMap(({ role, own, other }) => [
        { variables, prefix: `${own}.target.`, from: 'init.enc_t', after: `${role}_enc_t` },
        { variables, prefix: `${own}.${other}.inheritance.`, from: 'init.enc_inh', after: `${role}_enc_inh` },
        { variables, prefix: `${own}.${other}.exploration.`, from: 'init.enc_exp', after: `${role}_enc_exp` },
      ]),
  };
  return [dml, ieDml];
}

/** In the order of the report. */
export const TRAJECTORIES: readonly Trajectory[] = [KD, FT, IE_FT, ...learning('alternate'), ...learning('simultaneous')];
