/** What every engine offers to `start`, and what a started engine can do. */
import type { tf } from './tf';

/** Names of the engines. */
export const ENGINE_NAMES = ['tensorflow', 'webgpu', 'onednn', 'portable', 'cpu'] as const;
/** The name by which an engine is asked for: `tensorflow`, `webgpu`, `onednn`, `portable` or `cpu`. */
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Names of the precisions. */
export const PRECISIONS = ['float32', 'bfloat16'] as const;
/** How maps are kept in memory and multiplied in convolutions; sums, parameters, statistics and their gradients are float32. */
export type Precision = (typeof PRECISIONS)[number];

/** A convolution with the batch norm over it, as far as an engine decides by it. */
export interface FusedShape {
  /** [height, width, channels in, channels out] */
  readonly filter: readonly [height: number, width: number, from: number, to: number];
  readonly stride: number;
}

/** A computation that was recorded, with its results, to be repeated with other values of its inputs without JavaScript. */
export interface Capture {
  /** They hold the values of the last repetition, and stay until `dispose`. */
  readonly outputs: readonly tf.Tensor[];
  /** Why it cannot be repeated; absent: it can. */
  readonly reason: string | undefined;
  /** What another recording of the same computation did differently, so that repeating either would be wrong; undefined: nothing. */
  differs(other: Capture): string | undefined;
  /** Whether the inputs are of the recorded shapes and types. */
  takes(inputs: readonly tf.Tensor[]): boolean;
  /** Computes the outputs anew, to the same bits as the function. @returns false where what it read from outside is no longer there */
  replay(inputs: readonly tf.Tensor[]): boolean;
  /** Frees the outputs and all memory of the recording. */
  dispose(): void;
}

/** A part of a kernel that threads share: its pieces, in the order and the number in which that many workers have them. */
export interface TimedRegion {
  readonly workers: number;
  /** Nanoseconds of each; a worker has `pieces.length / workers` neighbouring ones. */
  readonly pieces: Float64Array;
}

/** A call of a kernel: how long it took by one thread, and what of that could be shared. */
export interface TimedCall {
  readonly kernel: string;
  /** From its begin to its end, with what the recording takes. */
  readonly ns: number;
  /** Before, between and after regions, without what the recording takes. */
  readonly serialNs: number;
  readonly regions: readonly TimedRegion[];
}

/** What a prediction for other numbers of threads is made of. */
export interface PieceTimes {
  /** Runs `f` so many times by one thread, cut as `workers` would have it, and returns each time's calls of kernels in their order. */
  record(workers: number, times: number, f: () => void): TimedCall[][];
  /** Nanoseconds that a region without work takes on two threads here: the wake and the wait. */
  regionNs(): number;
}

/** What an engine declares of itself, as data: shared code asks this, and never which engine it is. */
export interface EngineAbilities {
  /** Whether the engine has one op for a convolution of this shape and the batch norm over it. */
  fuses(shape: FusedShape): boolean;
  /** Whether it has one for the batch norm of evaluation mode; absent: where it fuses that of training. */
  readonly fusesInference?: (shape: FusedShape) => boolean;
  /** Whether a kernel has ended when it returns, so that its time can be taken; a GPU's has only been queued by then. */
  readonly timesKernels: boolean;
  /** Whether its batch norms take a ceiling of the activation after them; absent: no. */
  readonly ceilings?: boolean;
  /** Of a map's value in the machine's memory; absent: maps are elsewhere. */
  readonly mapBytes?: number;
  /** Runs a function of tensors and records it; absent: the engine cannot. The function gets tensors of the recording's own. */
  readonly capture?: (inputs: readonly tf.Tensor[], f: (own: readonly tf.Tensor[]) => readonly tf.Tensor[]) => Capture;
  /** Times the pieces of its kernels; absent: the engine cannot. */
  readonly pieceTimes?: PieceTimes;
  /** Precisions that the engine computes in, where the machine has the instructions. */
  readonly precisions: readonly Precision[];
}

/** One kernel that ran outside the engine's own fast set: its calls and their milliseconds. */
export interface FallbackRow {
  readonly kernel: string;
  readonly calls: number;
  readonly ms: number;
}

/** Whoever can say which kernels fell back: a started engine. */
export interface FallbackSource {
  /** Kernels that fell back to plain JavaScript since the last call of `resetFallbacks`, slowest first. */
  fallbacks(): FallbackRow[];
}

/** A started engine. */
export interface StartedEngine extends FallbackSource {
  /** Name of the tfjs backend. */
  readonly backend: string;
  readonly threads: number;
  /** Default float32. */
  readonly precision?: Precision;
  /** `oneDNN 2.6.3, AVX-512`. */
  readonly version: string;
  /** Counts fallbacks from 0 again. */
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
  readonly abilities: EngineAbilities;
  /**
   * Why the engine cannot run here as it would be started, in a precision that it declares, with the next step; undefined when it
   * can. Never throws.
   */
  unavailable(options?: Partial<EngineStartOptions>): Promise<string | undefined>;
  /**
   * Why `start` need not even measure the engine here: `unavailable` and `notPreferred` as far as they are known without loading what a
   * process cannot let go. Absent: `unavailable` loads no such thing. Cheap; never throws.
   */
  ruledOut?(): string | undefined;
  /** Why `start` should not choose the engine by itself here, though it may run when asked for by name. Never throws. */
  notPreferred?(): Promise<string | undefined>;
  start(options: EngineStartOptions): Promise<StartedEngine>;
}
