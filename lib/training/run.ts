/** A run in progress: its stages, where it stands, and how that goes into a checkpoint and comes out again. */
import type { TensorData } from '../engine/variables';
import { Variables } from '../engine/variables';
import type { Distillation } from '../methods/types';
import type { Network } from '../models/types';
import { refuse, refusePhrase, sameShape } from '../util/check';
import { type BestEpoch, newBest } from './best';
import { readCheckpoint, writeCheckpoint } from './checkpoint';
import { isObject } from './difference';
import { checkSameRun } from './facts';
import { FIT_START, type FitProgress } from './fit';
import { type Optimizer, sgd } from './optimizer';
import { stopwatch } from './pace';
import { checkProgress, stepsDone } from './progress';
import { type PlannedStage, STUDENT_STAGE } from './stages';
import type { EpochEvent, ResumePoint, RunFacts } from './types';

/** What does not change. */
export interface RunPlan {
  readonly student: Network;
  readonly distillation: Distillation;
  readonly stages: readonly PlannedStage[];
  readonly facts: RunFacts;
}

const BEST = 'best/';

/** A run that moves on: `fit` calls it, checkpoints hold it. */
export class Run {
  /** Number of the stage; the number of stages when the run is complete. */
  stage = 0;
  fit: FitProgress = FIT_START;
  history: EpochEvent[] = [];
  best: BestEpoch | undefined;
  /** The student as it was after the best epoch. */
  bestWeights: Record<string, TensorData> = {};
  /** Of the current stage; of no variables when the run is complete. */
  optimizer: Optimizer;
  private secondsBefore = 0;
  private readonly lap = stopwatch();

  constructor(readonly plan: RunPlan) {
    this.optimizer = this.freshOptimizer();
  }

  /** The stage in progress; undefined when the run is complete. */
  get current(): PlannedStage | undefined {
    return this.plan.stages[this.stage];
  }

  /** With the method's state as it is now: a resumed run has that of its checkpoint. */
  get facts(): RunFacts {
    return { ...this.plan.facts, state: this.plan.distillation.state };
  }

  /** Steps done in all. */
  get step(): number {
    return stepsDone(this.plan.stages, this);
  }

  /** Training time over all sittings. */
  seconds(): number {
    this.secondsBefore += this.lap();
    return this.secondsBefore;
  }

  /** Where it stands, for events. */
  point(): ResumePoint {
    const stage = this.current ?? this.plan.stages.at(-1);
    const epoch = this.current ? this.fit.epoch : (stage?.training.epochs ?? 0);
    return { stage: stage?.name ?? '', epoch, done: this.step - (stage?.stepsBefore ?? 0), step: this.step };
  }

  /** Notes an epoch; the student's weights are kept when it is the best so far. */
  record(event: EpochEvent): void {
    this.history.push(event);
    const best = event.stage === STUDENT_STAGE ? newBest(this.best, event) : undefined;
    if (!best) return;
    this.best = best;
    this.bestWeights = this.plan.student.variables.snapshot();
  }

  /** Goes to the start of the next stage, with an optimiser of its own. */
  nextStage(): void {
    this.optimizer.dispose();
    this.stage++;
    this.fit = FIT_START;
    this.optimizer = this.freshOptimizer();
  }

  /** Disposes of the optimiser: the variables are others'. */
  dispose(): void {
    this.optimizer.dispose();
  }

  save(path: string): void {
    const { facts, stage, fit, history, best } = this;
    writeCheckpoint(path, {
      facts,
      progress: { stage, fit, seconds: this.seconds(), history, best },
      tensors: { ...this.variables().snapshot(), ...withPrefix(BEST, this.bestWeights) },
    });
  }

  /** Takes everything from a checkpoint. @throws InputError when it is damaged or of another run, naming what differs */
  restore(path: string): void {
    const { facts, progress, tensors } = readCheckpoint(path);
    checkSameRun(path, facts, this.plan.facts);
    const { stage, fit, seconds, history, best } = checkProgress(`${path}: progress`, progress, this.plan.stages);
    while (this.stage < stage) this.nextStage();
    if (!isObject(facts.state)) throw refuse(`${path}: state`, 'an object', facts.state);
    this.plan.distillation.restore(facts.state);
    const [bestWeights, rest] = splitByPrefix(BEST, tensors);
    this.variables().load(rest, path);
    checkTensors(path, bestWeights, best ? this.plan.student.variables : new Variables());
    this.fit = fit;
    this.history = [...history];
    this.best = best;
    this.bestWeights = bestWeights;
    this.lap();
    this.secondsBefore = seconds;
  }

  /** Of all stages, fitted teacher sides included, and the velocities of the stage in progress. */
  private variables(): Variables {
    const all = new Variables();
    for (const { name, objective } of this.plan.stages) all.include(`stage/${name}/`, objective.variables);
    return all.include('velocity/', this.optimizer.velocities);
  }

  private freshOptimizer(): Optimizer {
    return sgd(this.current?.objective.variables ?? new Variables());
  }
}

function checkTensors(where: string, tensors: Readonly<Record<string, TensorData>>, like: Variables): void {
  const expected = like.entries().map(({ name, variable }) => ({ name, shape: variable.shape }));
  const names = Object.keys(tensors);
  if (names.length !== expected.length) {
    throw refusePhrase(where, `${expected.length} tensors of the best epoch`, String(names.length));
  }
  for (const { name, shape } of expected) {
    const found = tensors[name];
    if (!found) throw refusePhrase(where, `a tensor "${BEST}${name}"`, 'none of that name');
    if (!sameShape(found.shape, shape)) throw refuse(`${where}: ${BEST}${name}`, `shape ${JSON.stringify(shape)}`, found.shape);
  }
}

function withPrefix<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function splitByPrefix<T>(prefix: string, values: Readonly<Record<string, T>>): [Record<string, T>, Record<string, T>] {
  const entries = Object.entries(values);
  const inside = entries.filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]);
  return [Object.fromEntries(inside), Object.fromEntries(entries.filter(([name]) => !name.startsWith(prefix)))];
}
