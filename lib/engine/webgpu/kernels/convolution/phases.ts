/**
 * The input gradient of a strided convolution, without its zeros. Position i of the input has met the taps t with
 * i + before − t · dilation = o · stride. Those are the same taps for every i of one remainder by the stride, a phase: each phase is a
 * convolution of stride 1 with its own taps, every `tapStep`th one (Dumoulin & Visin 2016, 4.5, where zeros are put in instead).
 */
import type { Axis } from './geometry';

/** One phase: its nth position i = phase + n · stride sums over k < taps the products of tap `first + k · tapStep` and the output's position n + base + k · step. */
export interface Phase {
  /** Positions of the input in this phase. */
  readonly positions: number;
  readonly first: number;
  readonly taps: number;
  readonly base: number;
}

export interface Phases {
  readonly phases: readonly Phase[];
  readonly tapStep: number;
  readonly step: number;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** The phases of one axis, as many as its stride. */
export function phasesOf({ input, taps, stride, dilation, before }: Axis): Phases {
  const tapStep = stride / divisor(stride, dilation);
  const phases = Array.from({ length: stride }, (_, phase): Phase => {
    const positions = Math.max(0, Math.ceil((input - phase) / stride));
    for (let first = 0; first < Math.min(tapStep, taps); first++) {
      const distance = phase + before - first * dilation;
      if (distance % stride === 0) {
        return { positions, first, taps: Math.ceil((taps - first) / tapStep), base: distance / stride };
      }
    }
    return { positions, first: 0, taps: 0, base: 0 };
  });
  return { phases, tapStep, step: (-tapStep * dilation) / stride };
}
