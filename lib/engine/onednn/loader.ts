/** Loads the native addon and checks it before it is trusted: file and processor (native/stamp.cjs), ABI, the kernels it exports. */
import { join, resolve } from 'node:path';
import { type PlatformAddon, platformAddon } from './platformAddon';

/** Twin of `kAbi` in native/src/addon.cc. */
const ABI = 8;

export type Argument = number | Float32Array | Uint16Array | Int32Array | Uint8Array | undefined;

/** A kernel of the addon: dimensions and scalars first, then arrays; results are written into the arrays it is given. */
export type NativeFunction = (...values: readonly Argument[]) => void;

/** Calls that the addon repeats as they were recorded, with the same arrays. */
export interface NativeProgram {
  /** @throws Error where memory of an array was given back meanwhile */
  run(): void;
  /** Lets go of the arrays; nothing runs from then on. */
  dispose(): void;
}

export interface AddonInfo {
  readonly abi: number;
  /** oneDNN's. */
  readonly version: string;
  /** The instructions that oneDNN uses. */
  readonly isa: string;
  readonly threads: number;
  /** Floats in a register of our own kernels: channels of a Winograd convolution are multiples of it. */
  readonly lanes: number;
  /** Whether they take maps in bfloat16. */
  readonly bfloat16: boolean;
  /** Whether those are convolved by products of AMX tiles. */
  readonly amx: boolean;
  /** Whether AddressSanitizer watches it. */
  readonly sanitized: boolean;
}

export interface Addon {
  info(): AddonInfo;
  setThreads(count: number): number;
  /** Aligned memory outside the JavaScript heap; its bytes are not set. */
  allocate(bytes: number): ArrayBuffer;
  /** Gives the memory of such a buffer back at once; the buffer and its views have length 0 afterwards. */
  release(buffer: ArrayBuffer): void;
  /**
   * From now on kernels are done by one thread and timed, cut for so many workers; 0 ends that. @returns the calls since it was called
   * before: kernel, nanoseconds, those outside of regions, then for each region its workers and its pieces' nanoseconds
   */
  timePieces(workers: number): [kernel: string, ns: number, serialNs: number, ...regions: (number | Float64Array)[]][];
  /** Has so many workers wait for one another so many times. */
  emptyRegions(workers: number, count: number): void;
  /** `new Program([[kernel, argument, …], …])`. */
  readonly Program: new (
    calls: readonly (readonly [string, ...Argument[]])[],
  ) => NativeProgram;
  readonly [kernel: string]: NativeFunction | unknown;
}

/** What the build knows of an addon, in its own plain JavaScript. */
interface Stamps {
  addonFolder(): string;
  addonPath(folder: string): string;
  refusal(folder: string): string | undefined;
}

/** Seen from lib/dist/engine/onednn. */
const NATIVE = resolve(__dirname, '../../../engine/onednn/native');

export type LoadedAddon = { readonly addon: Addon } | { readonly unavailable: string };

/** Where the addon is: in the folder that was asked for, where it was built here, or in the package of this platform. */
function addonPlace({ addonFolder, refusal }: Stamps, folder?: string): Exclude<PlatformAddon, undefined> {
  const own = folder ?? addonFolder();
  // What is damaged, or made of instructions of another processor, would end the process; so this comes before loading.
  const refused = refusal(own);
  if (refused === undefined) return { folder: own };
  const asked = folder !== undefined || process.env['IEKD_ADDON_FOLDER'];
  return (asked ? undefined : platformAddon({ find: (name) => require.resolve(name), refusal })) ?? { refused };
}

/** Loads the addon from `folder`, or says in a sentence why it cannot be used and what to do. Never throws. */
export function loadAddon(folder?: string, kernels: readonly string[] = []): LoadedAddon {
  const stamps = require(join(NATIVE, 'stamp.cjs')) as Stamps;
  const { setupCommand } = require(join(NATIVE, 'setupCommand.cjs')) as { setupCommand(): string };
  const rebuild = `run \`${setupCommand()}\``;
  const place = addonPlace(stamps, folder);
  if ('refused' in place) return { unavailable: `the oneDNN addon ${place.refused}` };
  try {
    // How long a thread that waits for the other one turns on the spot before it sleeps. libgomp's default, milliseconds, makes a
    // step eight times slower as soon as another program wants a core; this many turns are some microseconds.
    process.env.GOMP_SPINCOUNT ??= '5000';
    const addon = require(stamps.addonPath(place.folder)) as Addon;
    const { abi } = addon.info();
    if (abi !== ABI) return { unavailable: `the oneDNN addon has ABI ${abi}, the library needs ${ABI}; ${rebuild}` };
    const missing = kernels.filter((name) => typeof addon[name] !== 'function');
    if (missing.length) return { unavailable: `the oneDNN addon lacks ${missing.join(', ')}; ${rebuild}` };
    return { addon };
  } catch (error) {
    return { unavailable: `the oneDNN addon does not load (${(error as Error).message}); install libdnnl and ${rebuild}` };
  }
}
