/** Plans that train in a moment, and records of runs that never were. */
import { planHash, type RunPlan, withoutFolders } from 'iekd/dist/experiments/plan';
import type { RunRecord } from 'iekd/dist/experiments/runStore';
import type { EpochEvent } from 'iekd/dist/training/types';

export const TEACHER: RunPlan = {
  dataset: { name: 'fashion-mnist', train: 20, test: 20 },
  student: { name: 'resnet8' },
  method: { name: 'supervised' },
  training: { epochs: 1, batch: 10, learningRate: 0.05 },
};

export const STUDENT: RunPlan = { ...TEACHER, method: { name: 'kd' }, teacher: TEACHER };

/** Test top-1 accuracies of the epochs, seconds, and anything else. */
export interface MadeUp extends Partial<RunRecord> {
  readonly top1?: readonly number[];
}

export function madeUpRecord(plan: RunPlan, { top1 = [0.5], ...more }: MadeUp = {}): RunRecord {
  const history = top1.map((value, i) => epochOf(i + 1, top1.length, value));
  const provenance = {
    versions: { iekd: '0.1.0', node: '20.0.0', tfjs: '4.22.0' },
    engine: { name: 'onednn', version: 'oneDNN 2.6', threads: 2, precision: 'float32' as const },
    machine: { cpu: 'a processor', cores: 2, memoryGb: 8 },
    commit: '0123456789ab',
  };
  const record = {
    hash: planHash(plan),
    config: withoutFolders(plan),
    facts: {} as RunRecord['facts'],
    provenance: provenance as RunRecord['provenance'],
    seconds: 60,
    date: '2026-01-01T00:00:00.000Z',
    history,
    ...more,
  };
  const last = history.at(-1);
  return last ? { ...record, last } : record;
}

function epochOf(epoch: number, epochs: number, top1: number): EpochEvent {
  const evaluations = [{ split: 'test' as const, count: 20, top1, top5: 1, loss: 1 }];
  const about = { kind: 'epoch' as const, stage: 'student', epoch, epochs, step: epoch, seconds: 1 };
  return { ...about, learningRate: 0.1, loss: 1, terms: {}, evaluations } as EpochEvent;
}
