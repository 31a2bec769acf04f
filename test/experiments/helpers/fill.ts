/** Stores in a folder of a test's own, filled with real runs of a moment. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { planFolder, type RunPlan } from 'iekd/dist/experiments/plan';
import { type Reproduced, type ReproduceOptions, reproduce } from 'iekd/dist/experiments/reproduce';
import { type RunStore, runStore } from 'iekd/dist/experiments/runStore';
import { sha256 } from 'iekd/dist/util/hash';

/** A folder for stores, which goes after the tests. */
export function storeRoot(): { readonly root: string; readonly storeAt: (name: string) => RunStore } {
  const root = mkdtempSync(join(tmpdir(), 'iekd-reproduce-'));
  after(() => rmSync(root, { recursive: true }));
  return { root, storeAt: (name) => runStore({ runs: join(root, name, 'runs'), results: join(root, name, 'results') }) };
}

/** `kd-s0`: method and seed. */
export function short(plan: RunPlan): string {
  return `${plan.method.name}-s${plan.seed ?? 0}`;
}

export interface Filled extends Reproduced {
  readonly events: readonly string[];
}

/** Fills a store. @returns what came of it, with the events: `begin kd-s0 2` */
export async function fill(store: RunStore, plans: readonly RunPlan[], options: ReproduceOptions = {}): Promise<Filled> {
  const events: string[] = [];
  const onEvent: ReproduceOptions['onEvent'] = ({ kind, plan, left }) => events.push(`${kind} ${short(plan)} ${left}`);
  return { ...(await reproduce(plans, { store, onEvent, ...options })), events };
}

const lastWeights = (store: RunStore, plan: RunPlan): string =>
  sha256(readFileSync(join(planFolder(store.runs, plan), 'student-last.safetensors')));
/** SHA-256 of the last weights of runs. */
export const weightsOf = (store: RunStore, plans: readonly RunPlan[]): string[] => plans.map((plan) => lastWeights(store, plan));
