/** Loads @tensorflow/tfjs-node-gpu, once a process, or says why it does not load and what to do. */
import { join } from 'node:path';
import { LIBRARY } from '../../util/package/ownPackage';
import { tf } from '../tf';
import { BACKEND } from './tensorflowBackend';

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/** What we use of the package, besides the backend that it registers. */
export interface TensorflowPackage {
  readonly Tensor?: unknown;
}

/** tfjs-node 4.22.0 calls helpers that Node 23 took out of `node:util`. */
function restoreUtilHelpers(): void {
  const util = require('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

/** What TensorFlow reads of the environment when it is loaded, where the user has not set it. */
function prepareEnvironment(threads: number | undefined): void {
  // It would write a dozen lines about the machine to stderr; its warnings and errors still come.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  // It would take all memory of the GPU, which other processes may share.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
}

/** Loads it. @param threads of an operation; default all cores */
export function loadPackage(threads: number | undefined): TensorflowPackage {
  restoreUtilHelpers();
  prepareEnvironment(threads);
  return require(PACKAGE) as TensorflowPackage;
}

/** The command that builds the binding, in the repository or where the library is installed. */
function buildCommand(): string {
  const { setupCommand } = require(join(LIBRARY, 'engine/onednn/native/setupCommand.cjs')) as { setupCommand(): string };
  const command = setupCommand();
  return command.startsWith('npm ') ? `${command} -- --tensorflow` : `${command} --tensorflow`;
}

/** Why the package did not load, with the next step. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const first = String(message).split('\n')[0] ?? '';
  const build = `run \`${buildCommand()}\``;
  if (code === 'MODULE_NOT_FOUND' && first.includes(`'${PACKAGE}'`)) {
    return `the optional package ${PACKAGE} is not installed; ${build}`;
  }
  if (first.includes('tfjs_binding.node') && first.includes('can not be found')) {
    return `the binding of ${PACKAGE} is not built; ${build}`;
  }
  const library = /^(\S+): cannot open shared object file/.exec(first)?.[1];
  if (library) return `${PACKAGE} misses ${library}: the TensorFlow that it was built against has gone or changed; ${build}`;
  return `${PACKAGE} does not load (${first}); ${build}, or compare its needs with environment.md`;
}

export interface Loader {
  /** Why the package does not load; the first call loads it. @param threads for that first call */
  unavailable(threads?: number): string | undefined;
  /** Threads that the first call asked for, which TensorFlow keeps as long as the process lives. */
  threads(): number | undefined;
}

/** The package registers its backend and makes it the current one, which is undone. */
export function createLoader(load: (threads: number | undefined) => TensorflowPackage): Loader {
  let tried: { readonly reason: string | undefined; readonly threads: number | undefined } | undefined;
  const attempt = (threads: number | undefined): string | undefined => {
    const current = tf.getBackend();
    try {
      if (load(threads).Tensor !== tf.Tensor) return `${PACKAGE} brings a second copy of tfjs; run \`npm dedupe\``;
      return tf.findBackend(BACKEND) ? undefined : `${PACKAGE} registers no backend`;
    } catch (error) {
      return explain(error);
    } finally {
      if (current && tf.getBackend() !== current) void tf.setBackend(current);
    }
  };
  return {
    unavailable(threads) {
      tried ??= { reason: attempt(threads), threads };
      return tried.reason;
    },
    threads: () => tried?.threads,
  };
}
