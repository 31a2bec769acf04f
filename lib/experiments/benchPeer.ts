/** The peer that speed is compared with: the same work in PyTorch, run by test/bench/pytorch_reference.py where torch is. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { refusePhrase } from '../util/check';
import { BENCH_WORKS, type BenchWorkName, type BenchWorkOptions } from './benchWork';

const execute = promisify(execFile);

/** Debian's python3-torch belongs to this one, whatever a version manager puts in front. */
const PYTHONS = ['/usr/bin/python3', 'python3'];

/** Seen from lib/dist/experiments. */
const SCRIPT = resolve(__dirname, '../../../test/bench/pytorch_reference.py');

/** The script's names for our work. */
const WORKS: Readonly<Record<string, BenchWorkName>> = {
  supervised: 'supervised',
  'ie-ft': 'ie-ft',
  'inference-resnet20': 'inference',
};

/** A Python that imports torch. */
export interface Peer {
  readonly python: string;
  /** `PyTorch 1.13.0`. */
  readonly version: string;
}

/** Images a second by memory layout: `default` (NCHW), `channels_last`, `channels_last+bf16`. */
export type PeerRates = Readonly<Record<string, number>>;

/** The peer, or in a sentence why there is none. Never throws. */
export async function findPeer(pythons: readonly string[] = PYTHONS): Promise<Peer | { readonly obstacle: string }> {
  if (!existsSync(SCRIPT)) return { obstacle: 'test/bench/pytorch_reference.py is not there' };
  for (const python of pythons) {
    try {
      const { stdout } = await execute(python, ['-c', 'import torch; print(torch.__version__)'], { timeout: 60_000 });
      return { python, version: `PyTorch ${stdout.trim()}` };
    } catch {
      // the next one
    }
  }
  return { obstacle: 'no python3 imports torch (Debian and Ubuntu: apt-get install python3-torch)' };
}

/** One round of the peer: median rate over `steps` steps of each work and layout. */
export async function runPeer(
  { python }: Peer,
  { depth, batch, steps, threads }: BenchWorkOptions & { readonly steps: number; readonly threads: number },
): Promise<Readonly<Record<BenchWorkName, PeerRates>>> {
  const numbers = { depth, batch, steps, threads };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await execute(python, [SCRIPT, 'bench', ...args], { maxBuffer: 1 << 20 });
  const rates = Object.fromEntries(BENCH_WORKS.map((work) => [work, {} as Record<string, number>])) as Record<
    BenchWorkName,
    Record<string, number>
  >;
  for (const line of stdout.trim().split('\n')) {
    const { work, layout, images_per_s: rate } = JSON.parse(line) as Record<string, unknown>;
    const name = WORKS[String(work)];
    if (!name || typeof rate !== 'number') throw refusePhrase('bench: peer', 'a row of work and rate', line);
    rates[name][String(layout)] = rate;
  }
  return rates;
}
