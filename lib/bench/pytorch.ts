/** The peer that speed is compared with: the same work in PyTorch, run by lib/bench/pytorch_reference.py (detectors: pytorch_ssd.py) where torch is. */
import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Precision } from '../engine/types';
import { refusePhrase } from '../util/check';
import type { BenchWorkName, BenchWorkOptions } from './benchWork';
import { runProgram } from './runProgram';

/** Every Python that may import torch: of the environment at hand, all of PATH, and Debian's, which a version manager may hide. */
export function knownPythons({ VIRTUAL_ENV, CONDA_PREFIX, PATH = '' }: NodeJS.ProcessEnv = process.env): string[] {
  const folders = [VIRTUAL_ENV, CONDA_PREFIX].flatMap((prefix) => (prefix ? join(prefix, 'bin') : []));
  const all = [...folders, ...PATH.split(delimiter).filter(isAbsolute), '/usr/bin'].map((folder) => join(folder, 'python3'));
  return [...new Set(all)].filter((python) => existsSync(python));
}

/** Seen from lib/dist/bench. */
const SCRIPT = resolve(__dirname, '../../bench/pytorch_reference.py');

/** The script's names for our work. */
const THEIR_NAMES: Readonly<Record<BenchWorkName, string>> = {
  supervised: 'supervised',
  'ie-ft': 'ie-ft',
  inference: 'inference-resnet20',
  ssd: 'ssd',
  ssd300: 'ssd300',
};

/** A peer that hangs ends after this time. */
const PEER_LIMIT_MS = 1_200_000;

/** Memory layouts of the peer, the last one computing in bfloat16 where autocast says so. */
export const PEER_LAYOUTS = ['default', 'channels_last', 'channels_last+bf16'] as const;
export type PeerLayout = (typeof PEER_LAYOUTS)[number];

/** A Python that imports torch. */
export interface Peer {
  readonly python: string;
  /** `PyTorch 1.13.0`. */
  readonly version: string;
}

/** Images a second by memory layout. */
export type PeerRates = Readonly<Partial<Record<PeerLayout, number>>>;

/** The layouts that a work is measured in: a detector's in bfloat16 only beside ours in bfloat16, as it takes minutes on most processors. */
export const layoutsOf = (work: BenchWorkName, precision: Precision): readonly PeerLayout[] =>
  PEER_LAYOUTS.filter((layout) => !(work.startsWith('ssd') && precision === 'float32' && layout.endsWith('bf16')));

/** What the peer is to do, as we do it. */
export interface PeerOptions extends BenchWorkOptions {
  readonly steps: number;
  readonly threads: number;
}

/** The peer with the newest PyTorch, or in a sentence why there is none. Never throws. @param python the only one that is asked */
export async function findPeer(
  python?: string,
  pythons: readonly string[] = python === undefined ? knownPythons() : [python],
): Promise<Peer | { readonly unavailable: string }> {
  if (!existsSync(SCRIPT)) return { unavailable: 'lib/bench/pytorch_reference.py is not there' };
  const found = (await Promise.all(pythons.map(peerOf))).flatMap((peer) => peer ?? []);
  const [newest] = found.sort((a, b) => compareVersions(b.version, a.version));
  if (newest) return newest;
  if (python !== undefined) return { unavailable: `${python} does not import torch` };
  return { unavailable: 'no python3 imports torch (Debian and Ubuntu: apt-get install python3-torch)' };
}

/** What a Python imports. */
async function peerOf(python: string): Promise<Peer | undefined> {
  try {
    const { stdout } = await runProgram(python, ['-c', 'import torch; print(torch.__version__)'], { timeout: 60_000 });
    return { python, version: `PyTorch ${stdout.trim()}` };
  } catch {
    return undefined;
  }
}

/** By the numbers in them, the first before the second. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => (/\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number)) as [
    number[],
    number[],
  ];
  const at = [...left, ...right].findIndex((_, i) => (left[i] ?? 0) !== (right[i] ?? 0));
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** How threads wait is set for our engine (lib/engine/onednn/loader.ts); the peer runs as it does for everybody. */
export function peerEnvironment(): NodeJS.ProcessEnv {
  const { GOMP_SPINCOUNT: _, ...env } = process.env;
  return env;
}

/** One round of the peer at one work: in each layout the median rate over `steps` steps. */
export async function peerRates(
  peer: Peer,
  work: BenchWorkName,
  options: PeerOptions,
  layouts: readonly PeerLayout[] = PEER_LAYOUTS,
): Promise<PeerRates> {
  const rows = await runScript(peer, 'bench', work, layouts, options);
  return Object.fromEntries(layouts.map((layout) => [layout, figure(rows, layout, 'images_per_s')]));
}

/** Peak resident memory, in MiB, of a process of the peer that does this work alone in one layout. */
export async function peerPeakMemory(peer: Peer, work: BenchWorkName, layout: PeerLayout, options: PeerOptions): Promise<number> {
  return figure(await runScript(peer, 'memory', work, [layout], options), layout, 'peak_memory_mb');
}

type ScriptRow = Readonly<Record<string, unknown>>;

async function runScript(
  { python }: Peer,
  command: 'bench' | 'memory',
  work: BenchWorkName,
  layouts: readonly PeerLayout[],
  { depth, batch, steps, threads }: PeerOptions,
): Promise<ScriptRow[]> {
  const named = { works: THEIR_NAMES[work], layouts: layouts.join(','), depth, batch, steps, threads };
  const args = Object.entries(named).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await runProgram(python, [SCRIPT, command, ...args], {
    ...{ maxBuffer: 1 << 20, env: peerEnvironment(), timeout: PEER_LIMIT_MS },
  }).catch((error: Error & { readonly killed?: boolean }) => {
    throw error.killed ? refusePhrase('bench: peer', `an answer within ${PEER_LIMIT_MS / 1000} s`, 'none') : error;
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ScriptRow);
}

function figure(rows: readonly ScriptRow[], layout: PeerLayout, name: string): number {
  const value = rows.find((row) => row['layout'] === layout)?.[name];
  if (typeof value !== 'number') throw refusePhrase('bench: peer', `${name} of the layout ${layout}`, JSON.stringify(rows));
  return value;
}
