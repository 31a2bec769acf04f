/** Whether the machine was ours: what other programs, and other machines on the same processor, took of it while we measured. */
import { readFileSync } from 'node:fs';

/** Processor time so far, in seconds. */
export interface LoadReading {
  readonly at: number;
  /** Of all programs, and what the host took away (steal). */
  readonly busy: number;
  /** Of the processes that measure. */
  readonly own: number;
  readonly cores: number;
}

/** Of one measured part. */
export interface LoadPart {
  readonly seconds: number;
  /** Processor time of others. */
  readonly others: number;
  readonly cores: number;
}

/** Clock ticks of /proc a second, on every Linux that Node runs on. */
const TICKS = 100;

/** @param pids of the processes that measure; one that has ended counts nothing @returns undefined outside of Linux */
export function readLoad(
  pids: readonly (number | undefined)[],
  read: (file: string) => string = readProc,
): LoadReading | undefined {
  try {
    const stat = read('/proc/stat');
    const [, user, nice, system, , , irq, softirq, steal] = (/^cpu .*$/m.exec(stat)?.[0] ?? '').split(/\s+/).map(Number);
    const busy = [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / TICKS;
    const own = pids.reduce<number>((sum, pid) => sum + ownSeconds(pid, read), 0);
    return { at: performance.now() / 1000, busy, own, cores: stat.match(/^cpu\d/gm)?.length ?? 1 };
  } catch {
    return undefined;
  }
}

const readProc = (file: string): string => readFileSync(file, 'latin1');

/** User and system time, with that of its children that have ended, after the name in parentheses, which may have spaces of its own. */
function ownSeconds(pid: number | undefined, read: (file: string) => string): number {
  try {
    const fields = read(`/proc/${pid}/stat`)
      .replace(/^.*\)\s/s, '')
      .split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  } catch {
    return 0;
  }
}

export function loadBetween(before: LoadReading | undefined, after: LoadReading | undefined): LoadPart | undefined {
  if (!before || !after) return undefined;
  const others = Math.max(0, after.busy - before.busy - (after.own - before.own));
  return { seconds: after.at - before.at, others, cores: after.cores };
}

/**
 * The share of our threads' cores that others had meanwhile: max(0, others + threads − cores) / threads, others in cores. Programs that
 * ran where cores were free count nothing. Undefined where nothing was seen.
 */
export function disturbance(parts: readonly LoadPart[], threads: number): number | undefined {
  const seconds = parts.reduce((sum, part) => sum + part.seconds, 0);
  if (!(seconds > 0)) return undefined;
  const others = parts.reduce((sum, part) => sum + part.others, 0) / seconds;
  const cores = parts[0]?.cores ?? 1;
  const used = Math.min(threads, cores);
  return Math.min(1, Math.max(0, others + used - cores) / used);
}
