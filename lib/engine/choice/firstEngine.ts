/** The engine that `start` takes by itself: the fastest by the measured step of those that can run, and why not the others. */
import { refusePhrase } from '../../util/check';
import { count } from '../../util/text';
import type { Engine, EngineName, EngineStartOptions, StartedEngine } from '../types';
import { type EngineOrder, isRate, type MeasuredRate } from './engineMeasure';
import type { EngineOrders, OrderOptions } from './engineOrders';

/** The order where nothing is measured. `cpu` is used on request only: training on it would look like a hang. */
const AUTOMATIC: readonly EngineName[] = ['tensorflow', 'webgpu', 'onednn', 'portable'];

/** An engine that was preferred, by name or by speed, and is not used. */
export interface SkippedEngine {
  readonly name: EngineName;
  readonly reason: string;
  /** Of the measured step, where it can run and is slower. */
  readonly imagesPerSecond?: number;
}

/** The one that was started. */
export interface FirstEngine {
  readonly name: EngineName;
  readonly started: StartedEngine;
  readonly skipped: readonly SkippedEngine[];
}

/** Those that may be taken, and by name why others may not. */
export interface Candidates {
  readonly names: readonly EngineName[];
  readonly reasons: ReadonlyMap<EngineName, string>;
}

/** Found without loading what a process could not let go: that is left to the measurement. */
export async function candidatesAmong(engines: readonly Engine[], options: OrderOptions): Promise<Candidates> {
  const reasons = new Map<EngineName, string>();
  for (const name of AUTOMATIC) {
    const engine = engines.find((one) => one.name === name);
    if (!engine) continue;
    const reason = (engine.ruledOut ? engine.ruledOut() : await engine.unavailable(options)) ?? precisionReason(engine, options);
    if (reason !== undefined) reasons.set(name, reason);
  }
  return { names: AUTOMATIC.filter((name) => !reasons.has(name) && engines.some((one) => one.name === name)), reasons };
}

/** Why an engine does not compute in this precision. */
function precisionReason({ abilities }: Engine, { precision = 'float32' }: EngineStartOptions): string | undefined {
  return abilities.precisions.includes(precision) ? undefined : `it computes in ${abilities.precisions.join(' and ')} only`;
}

/** The reason why an engine did not start, or the started engine. */
export async function attempt(engine: Engine, options: EngineStartOptions): Promise<StartedEngine | string> {
  const reason = (await engine.unavailable(options)) ?? precisionReason(engine, options);
  if (reason !== undefined) return reason;
  try {
    return await engine.start(options);
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * Starts it. A single candidate is not measured.
 * @param orders absent: engines are taken in the order of `AUTOMATIC` @throws InputError with all reasons where none can run
 */
export async function startFirst(
  engines: readonly Engine[],
  options: OrderOptions,
  orders: EngineOrders | undefined,
): Promise<FirstEngine> {
  const { names, reasons: ruledOut } = await candidatesAmong(engines, options);
  const order = names.length > 1 ? (orders?.kept(names, options) ?? (await orders?.measured(names, options))) : undefined;
  const reasons = new Map([...ruledOut, ...failuresOf(order)]);
  for (const name of inOrder(names, order)) {
    const engine = engines.find((one) => one.name === name) as Engine;
    const started = (await engine.notPreferred?.()) ?? (await attempt(engine, options));
    if (typeof started !== 'string') return { name, started, skipped: skippedBefore(name, reasons, order) };
    reasons.set(name, started);
  }
  const all = AUTOMATIC.flatMap((name) => (reasons.has(name) ? `${name}: ${reasons.get(name)}` : []));
  throw refusePhrase('start', 'an engine that can run here', `none (${all.join('; ')})`);
}

const ratesOf = (order: EngineOrder | undefined): MeasuredRate[] => order?.measures.filter(isRate) ?? [];

/** Why engines were not measured. */
const failuresOf = (order: EngineOrder | undefined): [EngineName, string][] =>
  order?.measures.flatMap((one): [EngineName, string][] => (isRate(one) ? [] : [[one.name, one.reason]])) ?? [];

/** Those that were measured, the fastest first; or all of them as they are. */
const inOrder = (names: readonly EngineName[], order: EngineOrder | undefined): readonly EngineName[] =>
  order ? ratesOf(order).map(({ name }) => name) : names;

/** Every engine that was tried in vain, or comes before the chosen one by name and is slower. */
function skippedBefore(
  chosen: EngineName,
  reasons: ReadonlyMap<EngineName, string>,
  order: EngineOrder | undefined,
): SkippedEngine[] {
  const rates = new Map(ratesOf(order).map(({ name, imagesPerSecond }) => [name, imagesPerSecond]));
  const before = AUTOMATIC.slice(0, AUTOMATIC.indexOf(chosen));
  return before.flatMap((name): SkippedEngine[] => {
    const reason = reasons.get(name);
    if (reason !== undefined) return [{ name, reason }];
    const [own, best] = [rates.get(name), rates.get(chosen)];
    if (own === undefined || best === undefined) return [];
    return [
      {
        name,
        reason: `${count(Math.round(own))} images/s, slower than ${chosen}'s ${count(Math.round(best))}`,
        imagesPerSecond: own,
      },
    ];
  });
}
