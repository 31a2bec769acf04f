/**
 * Weights that git keeps beside the results, so that a fresh clone has the teachers that its results rest on, and the networks that
 * its pages look into. A file is used only while the SHA-256 of its contents is the one in the kept record of its run.
 */
import { existsSync } from 'node:fs';
import { refusePhrase } from '../../util/check';
import { inside, readBytes, writeAtomic } from '../../util/files';
import { decodeHashed } from '../../weights/contentHash';
import type { RunReport } from '../run/runReport';
import { planName, type RunPlan } from '../runPlan';

export interface KeptWeights {
  /** Whether there is a file, and a record that knows it. */
  has(plan: RunPlan): boolean;
  /** The file of a plan. @throws InputError where there is none, or one that is not its record's */
  path(plan: RunPlan): string;
  /** Copies a file to the kept ones. @returns false where one is kept already. @throws InputError where it is not its record's */
  add(plan: RunPlan, from: string): boolean;
}

/** @param record the kept record of a run, by the name of its plan */
export function keptWeights(folder: string, record: (name: string) => Pick<RunReport, 'weights'> | undefined): KeptWeights {
  const place = (name: string): string => inside(folder, `${name}.safetensors`);
  const noted = (name: string): string | undefined => record(name)?.weights?.['student'];
  const checked = (name: string, path: string): Uint8Array => {
    const bytes = readBytes(path, 'a file of weights');
    const [expected, received] = [noted(name), decodeHashed(bytes, path).sha256];
    if (received === expected) return bytes;
    const hint = 'fetch the file again, or train the run anew: its kept record is of other weights';
    throw refusePhrase(path, `the weights of ${name}, SHA-256 ${expected ?? 'that no kept record says'}`, received, hint);
  };
  const has = (name: string): boolean => noted(name) !== undefined && existsSync(place(name));
  return {
    has: (plan) => has(planName(plan)),
    path(plan) {
      const name = planName(plan);
      if (!has(name)) {
        const hint = 'train it: `reproduce` in code, iekd reproduce in a shell';
        throw refusePhrase(name, 'weights of a complete run', 'none', hint);
      }
      checked(name, place(name));
      return place(name);
    },
    add(plan, from) {
      const name = planName(plan);
      if (existsSync(place(name))) return false;
      writeAtomic(place(name), checked(name, from));
      return true;
    },
  };
}
