/** A run in progress: its stages, where it stands, and how that goes into a checkpoint and comes out again. */
import { Variables } from '../engine/variables';
import type { Distillation } from '../methods/distillation';
import type { Network } from '../models/types';
import { endsEarly } from '../optim/earlyStopping';
import type { Decays, Optimizer } from '../optim/optimizer';
import { createOptimizer, DEFAULT_OPTIMIZER } from '../optim/optimizers';
import { type WeightAverage, weightAverage } from '../optim/weightAverage';
import type { Task } from '../tasks/types';
import { refuse } from '../util/check';
import { roleOf } from '../util/networkRoles';
import { validationScores } from './checkpoint/bestEpoch';
import { BestWeights } from './checkpoint/bestWeights';
import { readCheckpoint, writeCheckpoint } from './checkpoint/checkpoint';
import { isObject } from './checkpoint/checkSame';
import { checkSameRun } from './checkpoint/runDescription';
import { checkProgress, stepsDone, storedProgress } from './checkpoint/runProgress';
import { checkSameInputs, type SeenInputs } from './checkpoint/seenInputs';
import type { EpochEvaluations } from './evaluateNetworks';
import type { Adjustment, EpochEvent, ResumePoint, RunDescription } from './events';
import { FIT_START, type FitProgress } from './fitStage';
import { type PlannedStage, STUDENT_STAGE } from './planStages';
import { stopwatch } from './throughput';

/** What does not change. */
export interface RunSetup {
  /** Those that are trained: the student, then its peers. */
  readonly networks: readonly Network[];
  readonly task: Task;
  readonly distillation: Distillation;
  readonly stages: readonly PlannedStage[];
  readonly description: RunDescription;
  /** What its checkpoints note beside the description; undefined where it has none. */
  readonly inputs?: SeenInputs | undefined;
  /** Clock of the run, milliseconds. */
  readonly now: () => number;
}

/** A run that moves on: `fitStage` reports to it, checkpoints hold it. */
export class RunState {
  /** Number of the stage; the number of stages when the run is complete. */
  stage = 0;
  fit: FitProgress = FIT_START;
  history: EpochEvent[] = [];
  /** What was changed by hand. */
  readonly adjusted: Adjustment[] = [];
  /** The networks as they were after their best epochs. */
  readonly best: BestWeights;
  /** Of the current stage; of no variables when the run is complete. */
  optimizer: Optimizer;
  /** Of the weights of the networks, where the student's stage keeps one; it begins with that stage. */
  readonly average: WeightAverage | undefined;
  private secondsBefore = 0;
  private readonly elapsed: () => number;

  constructor(readonly setup: RunSetup) {
    this.elapsed = stopwatch(setup.now);
    this.best = new BestWeights(setup.networks, setup.task.primary);
    this.optimizer = this.freshOptimizer();
    const { networks, stages } = setup;
    const decay = stages.find(({ name }) => name === STUDENT_STAGE)?.training.ema;
    const averaged = networks.map(({ variables }, i) => ({ role: roleOf(i), variables }));
    this.average = decay === undefined ? undefined : weightAverage(averaged, decay);
  }

  /** The stage in progress; undefined when the run is complete. */
  get current(): PlannedStage | undefined {
    return this.setup.stages[this.stage];
  }

  /** With the method's state as it is now: a resumed run has that of its checkpoint. */
  get description(): RunDescription {
    return { ...this.setup.description, state: this.setup.distillation.state() };
  }

  /** Steps done in all. */
  get step(): number {
    return stepsDone(this.setup.stages, this);
  }

  /** Steps that are left. */
  get left(): number {
    const last = this.setup.stages.at(-1);
    return last ? last.stepsBefore + last.training.epochs * last.stepsPerEpoch - this.step : 0;
  }

  /** Training time, of every process that had a share of the run. */
  seconds(): number {
    this.secondsBefore += this.elapsed();
    return this.secondsBefore;
  }

  /** Where it stands, for events. */
  point(): ResumePoint {
    const stage = this.current ?? this.setup.stages.at(-1);
    const epoch = this.current ? this.fit.epoch : (stage?.training.epochs ?? 0);
    return { stage: stage?.name ?? '', epoch, done: this.step - (stage?.stepsBefore ?? 0), step: this.step };
  }

  /** Notes an epoch; a network's weights are kept when it is its best so far. */
  record(event: EpochEvent): void {
    this.history.push(event);
    if (event.stage === STUDENT_STAGE) this.best.record(event);
  }

  /** Notes a change by hand. */
  adjust({ stage, step, setting, value }: Adjustment): void {
    this.adjusted.push({ stage, step, setting, value });
  }

  /** Goes to the start of the next stage, with an optimiser of its own. */
  nextStage(): void {
    this.optimizer.dispose();
    this.stage++;
    this.fit = FIT_START;
    this.optimizer = this.freshOptimizer();
  }

  /** Whether the validation part, these evaluations the last, has got no better for so long that the stage in progress ends. */
  endsEarly(evaluations: EpochEvaluations): boolean {
    const { stopEarly } = this.current?.training ?? {};
    if (!stopEarly) return false;
    const epochs = [...this.history.filter(({ stage }) => stage === this.current?.name), evaluations];
    return endsEarly(validationScores(epochs, this.setup.task.primary, stopEarly.metric), stopEarly);
  }

  /** Disposes of the optimiser and the average: the variables are others'. */
  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
  }

  save(path: string): void {
    const { description, stage, fit, history, best, adjusted } = this;
    const bests = best.all.map(({ epoch }) => epoch);
    writeCheckpoint(path, {
      facts: { ...description, inputs: this.setup.inputs },
      progress: storedProgress({ stage, fit, seconds: this.seconds(), history, bests, adjusted }),
      tensors: { ...this.variables().snapshot(), ...best.tensors() },
    });
  }

  /** Takes everything from a checkpoint. @throws InputError when it is damaged or of another run, naming what differs */
  restore(path: string): void {
    const { facts, progress, tensors } = readCheckpoint(path);
    const { stages, networks, description, inputs } = this.setup;
    checkSameRun(path, facts, description);
    if (inputs) checkSameInputs(path, isObject(facts) ? facts.inputs : undefined, inputs);
    const { stage, fit, seconds, history, bests, adjusted } = checkProgress(
      `${path}: progress`,
      progress,
      stages,
      networks.length,
    );
    while (this.stage < stage) this.nextStage();
    if (!isObject(facts.state)) throw refuse(`${path}: state`, 'an object', facts.state);
    this.setup.distillation.restore(facts.state);
    const rest = this.best.restore(path, tensors, bests);
    this.variables().load(rest, path);
    this.fit = fit;
    this.history = [...history];
    this.adjusted.push(...adjusted);
    this.elapsed();
    this.secondsBefore = seconds;
  }

  /** Of all stages, fitted teacher sides included, and the state of the optimiser of the stage in progress. */
  private variables(): Variables {
    const all = new Variables();
    for (const { name, objective } of this.setup.stages) all.include(`stage/${name}/`, objective.variables);
    if (this.average) all.include('', this.average.state);
    return all.include('', this.optimizer.state);
  }

  private freshOptimizer(): Optimizer {
    const { objective, training } = this.current ?? {};
    const decays: Decays | undefined = training?.decay === 'weights' ? ({ variable }) => variable.rank > 1 : undefined;
    return createOptimizer(objective?.variables ?? new Variables(), training?.optimizer ?? { name: DEFAULT_OPTIMIZER }, decays);
  }
}
