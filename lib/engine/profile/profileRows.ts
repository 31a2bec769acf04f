/** Recordings as a table: for each kernel how often, how long, how fast; and the time that no kernel explains. */
import { refusePhrase } from '../../util/check';
import type { Shape } from './operationCounts';
import type { KernelPath, KernelRecording, RecordedCall } from './recorder';

/** One line of a profile. Calls and milliseconds are those of one step, on average. */
export interface ProfileRow {
  /** tfjs's name of the kernel, or what else took time: `outside kernels`. */
  readonly kernel: string;
  /** Absent where no kernel ran. */
  readonly path?: KernelPath;
  /** Shapes of inputs and output, in a profile by shape. */
  readonly shape?: string;
  readonly calls: number;
  readonly ms: number;
  /** Of the step, in [0, 1]. */
  readonly share: number;
  /** Of convolutions and products of matrices: operations of the definition, by time. */
  readonly gflopPerSecond?: number;
  /** Of all other kernels: bytes of inputs and outputs, by time. */
  readonly gbPerSecond?: number;
}

export const PROFILE_KEYS = ['kernel', 'shape'] as const;
/** A row for each kernel, or for each kernel and shape. */
export type ProfileKey = (typeof PROFILE_KEYS)[number];

export interface ProfileRowsOptions {
  /** Default `kernel`. */
  readonly by?: ProfileKey;
  /** Other parts of the step that were not recorded: their milliseconds by name. */
  readonly beside?: Readonly<Record<string, number>>;
}

/** What is left of a step: tfjs's tape and tidying, and the library's own JavaScript. */
export const OUTSIDE = 'outside kernels';

/** Rows of some recorded steps, slowest kernel first, then the time outside of kernels and what went on beside. */
export function profileRows(
  recordings: readonly KernelRecording[],
  { by = 'kernel', beside = {} }: ProfileRowsOptions = {},
): ProfileRow[] {
  const steps = recordings.length;
  if (steps === 0) throw refusePhrase('profile', 'at least one recorded step', 'none');
  const kernelMs = sum(recordings.flatMap(({ calls }) => calls.map(({ ms }) => ms))) / steps;
  const stepMs = sum(recordings.map(({ ms }) => ms)) / steps;
  const total = stepMs + sum(Object.values(beside));
  const kernels = [...grouped(recordings, by).values()].map((calls) => kernelRow(calls, { by, steps, total }));
  const others = Object.entries({ [OUTSIDE]: stepMs - kernelMs, ...beside });
  return [...kernels.sort((a, b) => b.ms - a.ms), ...others.map(([kernel, ms]) => ({ kernel, calls: 1, ms, share: ms / total }))];
}

function grouped(recordings: readonly KernelRecording[], by: ProfileKey): Map<string, RecordedCall[]> {
  const groups = new Map<string, RecordedCall[]>();
  for (const call of recordings.flatMap(({ calls }) => calls)) {
    const key = [call.kernel, call.path, ...(by === 'shape' ? [shapeText(call)] : [])].join(' ');
    const group = groups.get(key);
    if (group) group.push(call);
    else groups.set(key, [call]);
  }
  return groups;
}

interface Scale {
  readonly by: ProfileKey;
  readonly steps: number;
  /** Milliseconds of a step. */
  readonly total: number;
}

function kernelRow(calls: readonly RecordedCall[], { by, steps, total }: Scale): ProfileRow {
  const { kernel, path } = calls[0] as RecordedCall;
  const ms = sum(calls.map((call) => call.ms));
  const perStep = { calls: calls.length / steps, ms: ms / steps, share: ms / steps / total };
  const label = by === 'shape' ? { shape: shapeText(calls[0] as RecordedCall) } : {};
  return { kernel, path, ...label, ...perStep, ...speed(calls, ms) };
}

/** Operations where every call has them, else memory. */
function speed(calls: readonly RecordedCall[], ms: number): Pick<ProfileRow, 'gflopPerSecond' | 'gbPerSecond'> {
  if (ms === 0) return {};
  const operations = calls.flatMap((call) => call.operations ?? []);
  if (operations.length === calls.length) return { gflopPerSecond: sum(operations) / ms / 1e6 };
  const bytes = sum(calls.map((call) => call.bytes));
  return bytes === 0 ? {} : { gbPerSecond: bytes / ms / 1e6 };
}

/** `128×32×32×16 (2) → 3×3×16×16`: the shapes of inputs with two axes or more, how often if not once, and the first output's. */
function shapeText({ inputs, outputs }: RecordedCall): string {
  const text = (shape: Shape): string => shape.join('×') || '1';
  const large = Object.values(inputs).filter((shape) => shape.length > 1);
  const shown = (large.length > 0 ? large : Object.values(inputs).slice(0, 1)).map(text);
  const counted = [...new Set(shown)].map((shape) => {
    const { length } = shown.filter((other) => other === shape);
    return length > 1 ? `${shape} (${length})` : shape;
  });
  return `${counted.join(' · ')} → ${outputs[0] ? text(outputs[0]) : 'in place'}`;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
