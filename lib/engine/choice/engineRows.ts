/** The list of engines: what can run here, what was measured of it, and why others cannot. */
import { availableParallelism } from 'node:os';
import type { Engine, EngineName } from '../types';
import { isRate } from './engineMeasure';
import type { EngineOrders } from './engineOrders';
import { candidatesAmong } from './firstEngine';

/** One row of the list of engines. */
export interface EngineRow {
  readonly name: EngineName;
  readonly available: boolean;
  /** Why it is not available, with the next step; or why it is used on request only. */
  readonly reason?: string;
  /** Known of the engine that runs. */
  readonly version?: string;
  /** Of the measured step, where engines were measured on this machine. */
  readonly imagesPerSecond?: number;
  /** When that was, in UTC. */
  readonly measured?: string;
}

/** Options of `listEngines`. */
export interface ListEnginesOptions {
  /** Whether engines are measured now, and the order kept; default false: what was measured before is told. */
  readonly measure?: boolean;
}

interface RunningEngine {
  readonly name: EngineName;
  readonly version: string;
}

async function engineRow(engine: Engine, current: RunningEngine | undefined): Promise<EngineRow> {
  const { name } = engine;
  const reason = await engine.unavailable();
  if (reason !== undefined) return { name, available: false, reason };
  const notPreferred = await engine.notPreferred?.();
  return {
    name,
    available: true,
    ...(notPreferred === undefined ? {} : { reason: notPreferred }),
    ...(current?.name === name ? { version: current.version } : {}),
  };
}

/** @param known where orders come from, and the engine that runs */
export async function engineRows(
  engines: readonly Engine[],
  { orders, current }: { readonly orders: EngineOrders | undefined; readonly current: RunningEngine | undefined },
  { measure = false }: ListEnginesOptions = {},
): Promise<EngineRow[]> {
  const options = { threads: availableParallelism(), precision: 'float32' } as const;
  const { names } = await candidatesAmong(engines, options);
  const order = await (measure && names.length > 0 ? orders?.measured(names, options) : orders?.kept(names, options));
  const rows = await Promise.all(engines.map((engine) => engineRow(engine, current)));
  return rows.map((row) => {
    const found = order?.measures.find(({ name }) => name === row.name);
    if (!order || !found) return row;
    return isRate(found)
      ? { ...row, imagesPerSecond: found.imagesPerSecond, measured: order.date }
      : { reason: found.reason, ...row };
  });
}
