/** The order of engines by measured speed, kept in the cache for the machine that it was measured on. */
import { join } from 'node:path';
import { isObject } from '../../util/check';
import { readText, writeCached } from '../../util/files';
import { cacheFolder } from '../../util/folders';
import { canonicalJson, sha256 } from '../../util/hash';
import type { EngineName, EngineStartOptions } from '../types';
import { type EngineMeasure, type EngineOrder, isRate } from './engineMeasure';
import { type MachineFacts, machineFacts } from './machineFacts';
import { measureEngines } from './measureEngines';

/** What an order is asked for with. */
export type OrderOptions = Required<EngineStartOptions>;

/** Where orders come from; `createStarter` takes one. */
export interface EngineOrders {
  /** As it was measured before under the same circumstances; undefined: it was not. */
  kept(names: readonly EngineName[], options: OrderOptions): EngineOrder | undefined;
  /** Measured now, and kept; undefined where no engine could be measured. Never throws. */
  measured(names: readonly EngineName[], options: OrderOptions): Promise<EngineOrder | undefined>;
}

/** What orders are made of; tests put their own in. */
export interface OrderSystem {
  facts(): MachineFacts;
  measure(names: readonly EngineName[], options: OrderOptions): Promise<readonly EngineMeasure[]>;
  /** Of the kept orders, a file each: machines may share a folder. */
  folder(): string;
}

const system: OrderSystem = { facts: machineFacts, measure: measureEngines, folder: () => join(cacheFolder(), 'engines') };

export function engineOrders({ facts, measure, folder }: OrderSystem = system): EngineOrders {
  const keyOf = (names: readonly EngineName[], options: OrderOptions): string =>
    canonicalJson({ ...facts(), ...options, engines: names });
  const fileOf = (key: string): string => join(folder(), `${sha256(key).slice(0, 16)}.json`);
  return {
    kept(names, options) {
      const key = keyOf(names, options);
      return readOrder(fileOf(key), key, names);
    },
    async measured(names, options) {
      const key = keyOf(names, options);
      const order = { date: new Date().toISOString(), measures: await measure(names, options) };
      if (!order.measures.some(isRate)) return undefined;
      keep(fileOf(key), { key: JSON.parse(key), ...order });
      return order;
    },
  };
}

/** Where nothing can be written an order is measured again the next time, and no start fails for it. */
function keep(file: string, content: object): void {
  try {
    writeCached(file, Buffer.from(`${JSON.stringify(content, undefined, 1)}\n`));
  } catch {
    // as said
  }
}

/** Nothing where there is none, one of other circumstances, or one that was damaged: it is measured anew. */
function readOrder(file: string, key: string, names: readonly EngineName[]): EngineOrder | undefined {
  try {
    const found: unknown = JSON.parse(readText(file, 'an order of engines', 2 ** 20));
    if (!isObject(found) || canonicalJson(found['key']) !== key) return undefined;
    const { date, measures } = found;
    if (typeof date !== 'string' || !Array.isArray(measures) || measures.length !== names.length) return undefined;
    const known = measures.filter(isMeasure);
    const all = names.every((name) => known.some((one) => one.name === name));
    return all && known.some(isRate) ? { date, measures: known } : undefined;
  } catch {
    return undefined;
  }
}

function isMeasure(value: unknown): value is EngineMeasure {
  if (!isObject(value)) return false;
  const { imagesPerSecond, reason } = value;
  return typeof reason === 'string' || (typeof imagesPerSecond === 'number' && imagesPerSecond > 0);
}
