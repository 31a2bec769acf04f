/** Ours, in a process of its own: training steps of one network, whose peak memory is that of nothing else. Twin of pytorch_models.py. */
import { createInterface } from 'node:readline';
import { start } from '../../engine/start';
import type { EngineName, Precision } from '../../engine/types';
import type { NetworkSpec } from '../../models/types';
import { networkWork } from '../benchWork';
import { peakResidentMb } from '../peakMemory';
import { type BenchProcess, benchProcess } from './benchProcess';
import { peakFlops } from './peakFlops';
import { FIRST_STEPS, LATER_STEPS, roundSteps, timedSteps } from './timedSteps';

/** What the process trains. */
export interface OwnModel {
  readonly engine: string;
  readonly threads: number;
  readonly precision: Precision;
  readonly spec: NetworkSpec;
  readonly batch: number;
}

/** What it is asked: for times of steps, what the engine does at its best, or the most memory that was resident so far. */
interface Question {
  readonly steps?: number;
  readonly peak?: true;
}

const PROGRAM = 'require(process.argv[1]).ownModelHere(JSON.parse(process.argv[2]))';

export const ownModel = (options: OwnModel): BenchProcess =>
  benchProcess('bench: ours', process.execPath, ['-e', PROGRAM, __filename, JSON.stringify(options)]);

/** Answers questions from stdin, a line each. @public for the process above, which calls it by name */
export async function ownModelHere({ engine, threads, precision, spec, batch }: OwnModel): Promise<void> {
  await start({ engine: engine as EngineName, threads, precision });
  const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
  say({});
  const work = networkWork(spec, batch);
  let warm = FIRST_STEPS;
  for await (const line of createInterface({ input: process.stdin })) {
    const { steps, peak } = JSON.parse(line) as Question;
    if (steps !== undefined) {
      await timedSteps(work.step, warm);
      warm = LATER_STEPS;
      say({ seconds: await timedSteps(work.step, roundSteps(steps)) });
    } else if (peak) say({ flops: peakFlops() });
    else say({ peakMemoryMb: Math.round(peakResidentMb()) });
  }
}
