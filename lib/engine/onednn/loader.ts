/** Loads the native addon and checks it before it is trusted: its ABI, the machine it was built for, the kernels it exports. */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';

/** Twin of `kAbi` in native/src/addon.cc. */
const ABI = 3;

type Argument = number | Float32Array | Int32Array | undefined;

/** A kernel of the addon: dimensions and scalars first, then arrays; results are written into the arrays it is given. */
export type NativeFunction = (...values: readonly Argument[]) => void;

export interface AddonInfo {
  readonly abi: number;
  /** oneDNN's. */
  readonly version: string;
  /** The instructions that oneDNN uses. */
  readonly isa: string;
  readonly threads: number;
  /** Floats in a register of our own kernels: channels of a Winograd convolution are multiples of it. */
  readonly lanes: number;
  /** Whether they have a version in bfloat16. */
  readonly bfloat16: boolean;
}

export interface Addon {
  info(): AddonInfo;
  setThreads(count: number): number;
  /** Whether convolutions take their products in bfloat16: 1 or 0. */
  setLowPrecision(low: number): boolean;
  /** A Float32Array on aligned memory outside the JavaScript heap; its values are not set. */
  allocate(length: number): Float32Array;
  readonly [kernel: string]: NativeFunction | unknown;
}

/** The folder of the built addon, seen from lib/dist/engine/onednn. */
export const BUILD_FOLDER = resolve(__dirname, '../../../engine/onednn/native/build');

const REBUILD = 'run `npm run setup`';

function machine(): string {
  return `${process.platform} ${process.arch} ${cpus()[0]?.model ?? 'unknown processor'}`;
}

function builtFor(folder: string): string | undefined {
  try {
    const stamp: unknown = JSON.parse(readFileSync(join(folder, 'stamp.json'), 'utf8'));
    const name = (stamp as { machine?: unknown } | null)?.machine;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

export type LoadedAddon = { readonly addon: Addon } | { readonly obstacle: string };

/** Loads the addon from `folder`, or says in a sentence why it cannot be used and what to do. Never throws. */
export function loadAddon(folder = BUILD_FOLDER, kernels: readonly string[] = []): LoadedAddon {
  const path = join(folder, 'iekd.node');
  if (!existsSync(path)) return { obstacle: `the oneDNN addon is not built; ${REBUILD}` };
  const target = builtFor(folder);
  // Instructions of another processor would crash the process, so this comes before loading.
  if (target !== machine()) return { obstacle: `the oneDNN addon was built for "${target}", this is "${machine()}"; ${REBUILD}` };
  try {
    // How long a thread that waits for the other one turns on the spot before it sleeps. libgomp's default, milliseconds, makes a
    // step eight times slower as soon as another program wants a core; this many turns are some microseconds.
    process.env.GOMP_SPINCOUNT ??= '5000';
    const addon = require(path) as Addon;
    const { abi } = addon.info();
    if (abi !== ABI) return { obstacle: `the oneDNN addon has ABI ${abi}, the library needs ${ABI}; ${REBUILD}` };
    const missing = kernels.filter((name) => typeof addon[name] !== 'function');
    if (missing.length) return { obstacle: `the oneDNN addon lacks ${missing.join(', ')}; ${REBUILD}` };
    return { addon };
  } catch (error) {
    return { obstacle: `the oneDNN addon does not load (${(error as Error).message}); install libdnnl and ${REBUILD}` };
  }
}
