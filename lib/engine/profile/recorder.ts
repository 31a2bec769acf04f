/**
 * Times every kernel that runs while a function does. tfjs looks a kernel up by its name each time it runs it, so timed kernels can
 * stand in the registry for as long as that takes; before and after, the plain ones are there and nothing costs anything.
 */
import { refuse, refusePhrase } from '../../util/check';
import { currentAbilities } from '../abilities';
import { tf } from '../tf';
import { movedBytes } from './memoryTraffic';
import { operationsOf, type Shape } from './operationCounts';

/** `native`: of the engine's own set; `fallback`: run by tfjs's plain JavaScript kernels instead, wholly or in part. */
export type KernelPath = 'native' | 'fallback';

/** One call of a kernel; kernels that it runs itself are part of it. */
export interface RecordedCall {
  readonly kernel: string;
  readonly path: KernelPath;
  readonly ms: number;
  /** Shapes by the input's name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly outputs: readonly Shape[];
  /** Of inputs and outputs, each counted once; none where the output is the input under another name or shape. */
  readonly bytes: number;
  /** Multiplications and additions of a convolution or a product of matrices; absent for other kernels. */
  readonly operations?: number;
}

/** What ran while a function did. */
export interface KernelRecording {
  /** Time of the function, without what the recording itself took. */
  readonly ms: number;
  /** In the order in which they ended. */
  readonly calls: readonly RecordedCall[];
}

interface Recorder {
  readonly calls: RecordedCall[];
  /** Kernels within which we are. */
  depth: number;
  fellBack: boolean;
  /** Time that went into the recording itself. */
  ownMs: number;
}

let recorder: Recorder | undefined;

/**
 * Runs `f`, synchronously, and returns the kernels that it ran. Kernels inside of kernels are counted with the outer one.
 * @throws InputError on an engine whose kernels have not ended when they return (a GPU's), and inside another recording
 */
export function recordKernels(f: () => void): KernelRecording {
  const backend = tf.getBackend();
  if (!currentAbilities().timesKernels) {
    throw refuse('profile', 'an engine whose kernels have ended when they return', backend, 'its own tools see the GPU');
  }
  if (recorder) throw refusePhrase('profile', 'one recording at a time', 'one inside another');
  const started: Recorder = { calls: [], depth: 0, fellBack: false, ownMs: 0 };
  const plain = tf.getKernelsForBackend(backend);
  recorder = started;
  replaceKernels(plain.map((kernel) => ({ ...kernel, kernelFunc: timed(kernel, started) })));
  const start = performance.now();
  try {
    f();
    return { ms: performance.now() - start - started.ownMs, calls: started.calls };
  } finally {
    replaceKernels(plain);
    recorder = undefined;
  }
}

/** Whether kernels are timed now: then each has to be called by tfjs. */
export const kernelsAreTimed = (): boolean => recorder !== undefined;

/** Called by an engine when one of its kernels is run by a plain JavaScript one. */
export function markFallback(): void {
  if (recorder) recorder.fellBack = true;
}

function replaceKernels(kernels: readonly tf.KernelConfig[]): void {
  for (const kernel of kernels) {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    tf.registerKernel(kernel);
  }
}

function timed({ kernelName, kernelFunc }: tf.KernelConfig, into: Recorder): tf.KernelFunc {
  return (parameters) => {
    if (into.depth > 0) return kernelFunc(parameters);
    into.depth++;
    into.fellBack = false;
    const start = performance.now();
    try {
      const result = kernelFunc(parameters);
      const end = performance.now();
      into.calls.push(describeCall(kernelName, end - start, into.fellBack, parameters, result));
      into.ownMs += performance.now() - end;
      return result;
    } finally {
      into.depth--;
    }
  };
}

function describeCall(
  kernel: string,
  ms: number,
  fellBack: boolean,
  { inputs, attrs, backend }: Parameters<tf.KernelFunc>[0],
  result: ReturnType<tf.KernelFunc>,
): RecordedCall {
  const given = Object.entries(inputs).flatMap(([name, info]) => (info ? [[name, info] as const] : []));
  const made = Array.isArray(result) ? result : [result];
  const shapes = Object.fromEntries(given.map(([name, { shape }]) => [name, shape]));
  const outputs = made.map(({ shape }) => shape);
  const bytes = movedBytes(
    given.map(([, info]) => info),
    made,
    backend,
  );
  const operations = operationsOf(kernel, { inputs: shapes, outputs, attributes: attrs ?? {} });
  const path = fellBack ? 'fallback' : 'native';
  return { kernel, path, ms, inputs: shapes, outputs, bytes, ...(operations === undefined ? {} : { operations }) };
}
