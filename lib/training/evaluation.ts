/** How good networks are on one part of a data set, and how an epoch of a run holds that of all its networks. */
import type { Metrics } from '../tasks/types';
import { roleOf } from '../util/networkRoles';

/** Loss and metrics of a network on one part of a data set. */
export interface Evaluation {
  readonly split: 'validation' | 'test';
  readonly count: number;
  readonly loss: number;
  /** By name, as the task's meter measures them: of classification `top1` and `top5`, fractions in [0, 1]. */
  readonly metrics: Metrics;
}

/** Evaluations of a peer after an epoch. */
export interface PeerEvaluations {
  /** `peer1`, `peer2`, … */
  readonly peer: string;
  readonly evaluations: readonly Evaluation[];
}

/** Evaluations of all networks of a run. */
export interface NetworkEvaluations {
  /** Of the student, in its stage. */
  readonly evaluations: readonly Evaluation[];
  /** Of its peers, where there are some. */
  readonly peers?: readonly PeerEvaluations[];
}

/** As an epoch holds them. @param all by network: the student's, then its peers' */
export function networkEvaluations([student = [], ...others]: readonly (readonly Evaluation[])[]): NetworkEvaluations {
  const peers = others.map((evaluations, i) => ({ peer: roleOf(i + 1), evaluations }));
  return { evaluations: student, ...(peers.length > 0 ? { peers } : {}) };
}

/** By network: the student's, then its peers'. */
export function evaluationsByNetwork({ evaluations, peers = [] }: NetworkEvaluations): (readonly Evaluation[])[] {
  return [evaluations, ...peers.map((peer) => peer.evaluations)];
}
