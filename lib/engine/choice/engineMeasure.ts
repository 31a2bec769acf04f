/** What the measured step said of the engines, as it is kept and read. */
import type { EngineName } from '../types';

/** One engine's part: what it did, or why it did not. */
export type EngineMeasure = MeasuredRate | MeasuredFailure;

export interface MeasuredRate {
  readonly name: EngineName;
  /** Of the fastest step. */
  readonly imagesPerSecond: number;
}

export interface MeasuredFailure {
  readonly name: EngineName;
  readonly reason: string;
}

/** Engines in the order in which they are to be taken. */
export interface EngineOrder {
  /** When they were measured, in UTC. */
  readonly date: string;
  /** The fastest first; those that failed last. */
  readonly measures: readonly EngineMeasure[];
}

export const isRate = (measure: EngineMeasure | undefined): measure is MeasuredRate =>
  measure !== undefined && 'imagesPerSecond' in measure;
