/** A run in progress: its stages, where it stands, and how that goes into a checkpoint and comes out again. */
import { Variables } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import type { Network } from '../models/types';
import { type Optimizer, sgd } from '../optim/optimizer';
import { refuse } from '../util/check';
import { Keeper } from './checkpoint/bestWeights';
import { readCheckpoint, writeCheckpoint } from './checkpoint/checkpoint';
import { isObject } from './checkpoint/difference';
import { checkSameRun } from './checkpoint/facts';
import { checkProgress, stepsDone } from './checkpoint/runProgress';
import type { EpochEvent, ResumePoint, RunFacts } from './events';
import { FIT_START, type FitProgress } from './fit';
import { type PlannedStage, STUDENT_STAGE } from './stages';
import { stopwatch } from './throughput';

/** What does not change. */
export interface RunPlan {
  readonly student: Network;
  readonly peers: readonly Network[];
  readonly distillation: Distillation;
  readonly stages: readonly PlannedStage[];
  readonly facts: RunFacts;
  /** Clock of the run, milliseconds. */
  readonly now: () => number;
}

/** A run that moves on: `fit` calls it, checkpoints hold it. */
export class Run {
  /** Number of the stage; the number of stages when the run is complete. */
  stage = 0;
  fit: FitProgress = FIT_START;
  history: EpochEvent[] = [];
  /** The student and its peers as they were after their best epochs. */
  readonly keeper: Keeper;
  /** Of the current stage; of no variables when the run is complete. */
  optimizer: Optimizer;
  private secondsBefore = 0;
  private readonly lap: () => number;

  constructor(readonly plan: RunPlan) {
    this.lap = stopwatch(plan.now);
    this.keeper = new Keeper([plan.student, ...plan.peers]);
    this.optimizer = this.freshOptimizer();
  }

  /** The stage in progress; undefined when the run is complete. */
  get current(): PlannedStage | undefined {
    return this.plan.stages[this.stage];
  }

  /** With the method's state as it is now: a resumed run has that of its checkpoint. */
  get facts(): RunFacts {
    return { ...this.plan.facts, state: this.plan.distillation.state() };
  }

  /** Steps done in all. */
  get step(): number {
    return stepsDone(this.plan.stages, this);
  }

  /** Steps that are left. */
  get left(): number {
    const last = this.plan.stages.at(-1);
    return last ? last.stepsBefore + last.training.epochs * last.stepsPerEpoch - this.step : 0;
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

  /** Notes an epoch; weights of the student and its peers are kept when it is their best so far. */
  record(event: EpochEvent): void {
    this.history.push(event);
    if (event.stage === STUDENT_STAGE) this.keeper.record(event);
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
    const { facts, stage, fit, history, keeper } = this;
    const [best, ...peerBests] = keeper.bests.map(({ epoch }) => epoch);
    const peers = peerBests.length > 0 ? { peerBests: peerBests.map((epoch) => epoch ?? null) } : {};
    writeCheckpoint(path, {
      facts,
      progress: { stage, fit, seconds: this.seconds(), history, best, ...peers },
      tensors: { ...this.variables().snapshot(), ...keeper.tensors() },
    });
  }

  /** Takes everything from a checkpoint. @throws InputError when it is damaged or of another run, naming what differs */
  restore(path: string): void {
    const { facts, progress, tensors } = readCheckpoint(path);
    checkSameRun(path, facts, this.plan.facts);
    const { stages, peers } = this.plan;
    const checked = checkProgress(`${path}: progress`, progress, stages, peers.length);
    const { stage, fit, seconds, history, best, peerBests = [] } = checked;
    while (this.stage < stage) this.nextStage();
    if (!isObject(facts.state)) throw refuse(`${path}: state`, 'an object', facts.state);
    this.plan.distillation.restore(facts.state);
    const rest = this.keeper.restore(path, tensors, [best, ...peerBests.map((epoch) => epoch ?? undefined)]);
    this.variables().load(rest, path);
    this.fit = fit;
    this.history = [...history];
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
