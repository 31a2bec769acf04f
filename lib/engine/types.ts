/** What every engine offers to `start`. */

export const ENGINE_NAMES = ['tensorflow', 'webgpu', 'onednn', 'portable', 'cpu'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** How maps are kept in memory and multiplied in convolutions; sums, parameters, statistics and their gradients are float32. */
export const PRECISIONS = ['float32', 'bfloat16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** One kernel that ran outside the engine's own fast set. */
export interface FallbackRow {
  readonly kernel: string;
  readonly calls: number;
  readonly ms: number;
}

/** A started engine. */
export interface StartedEngine {
  /** Name of the tfjs backend. */
  readonly backend: string;
  readonly threads: number;
  /** Default float32. */
  readonly precision?: Precision;
  /** `oneDNN 2.6.3, AVX-512`. */
  readonly version: string;
  /** Kernels that fell back to plain JavaScript since the last call of `resetFallbacks`, slowest first. */
  fallbacks(): FallbackRow[];
  resetFallbacks(): void;
}

export interface EngineStartOptions {
  /** Worker threads; default all cores. */
  readonly threads: number;
  /** Default float32. */
  readonly precision?: Precision;
}

/** An engine that may or may not be able to run here. */
export interface Engine {
  readonly name: EngineName;
  /** Why it cannot start here, with the next step; undefined when it can. Never throws. */
  obstacle(): Promise<string | undefined>;
  /** Why it should not be chosen by itself here, though it may be able to start when asked for by name. Cheap; never throws. */
  reservation?(): Promise<string | undefined>;
  /** Why it cannot compute in bfloat16 here; absent where it never can. Asked after `obstacle`. */
  bfloat16Obstacle?(): string | undefined;
  start(options: EngineStartOptions): Promise<StartedEngine>;
}
