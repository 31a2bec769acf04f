/**
 * Peak resident memory of one work: of a process of its own that starts the engine and does nothing else, as the peer's is of a
 * Python that does nothing else.
 */
import { readFileSync } from 'node:fs';
import { start } from '../engine/start';
import type { EngineName, Precision } from '../engine/types';
import { refusePhrase } from '../util/check';
import { nextTurn } from '../util/stopSignal';
import { type BenchWorkName, type BenchWorkOptions, benchWork } from './benchWork';
import { runProgram } from './runProgram';

/** What the process is to do. */
export interface MemoryOptions extends BenchWorkOptions {
  readonly engine: string;
  readonly threads: number;
  readonly precision: Precision;
  readonly work: BenchWorkName;
  readonly steps: number;
}

/** Runs the work in a fresh process. @returns its peak resident memory in MiB */
export async function peakMemory(options: MemoryOptions): Promise<number> {
  const program = 'require(process.argv[1]).peakMemoryHere(JSON.parse(process.argv[2])).then((mb) => console.log(mb))';
  const { stdout } = await runProgram(process.execPath, ['-e', program, __filename, JSON.stringify(options)]);
  const mb = Number(stdout);
  if (!(mb > 0)) throw refusePhrase('bench: memory', 'a process that says how much memory it took', stdout || 'nothing');
  return mb;
}

/**
 * Does the work in this process and tells the most memory that it ever had; only a fresh process gives a meaning to that.
 * @public for the process above, which calls it by name
 */
export async function peakMemoryHere({
  engine,
  threads,
  precision,
  work: name,
  steps,
  ...options
}: MemoryOptions): Promise<number> {
  await start({ engine: engine as EngineName, threads, precision });
  const work = benchWork(name, options);
  try {
    for (let i = 0; i < steps; i++) {
      work.step();
      await nextTurn(); // as training does; some memory is let go only then
    }
  } finally {
    work.dispose();
  }
  return Math.round(peakResidentMb());
}

/**
 * Most memory that was resident at any time, in MiB. Linux hands the peak of the process that started this one down to it in
 * `maxRSS`, which would count the bench itself, so the kernel's own record of this program comes first.
 */
export function peakResidentMb(): number {
  return (statusKb() ?? process.resourceUsage().maxRSS) / 1024;
}

function statusKb(): number | undefined {
  try {
    const found = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined; // no Linux
  }
}
