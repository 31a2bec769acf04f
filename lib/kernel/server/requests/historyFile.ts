/**
 * History that outlives the kernel: one JSON object a line, in Jupyter's data folder, readable by its owner only. Each line is one write
 * at the file's end, so that two kernels never mix theirs. A file that has grown large is put aside at the start of a kernel, and
 * the one before it goes: there are never more than two.
 */
import { appendFileSync, chmodSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isObject } from '../../../util/check';
import { readText } from '../../../util/files';
import { tryLock } from '../../../util/lockFile.cjs';
import type { Entry, HistoryStore } from './cellHistory';

/** The file is put aside when it is larger. */
const LARGEST_FILE = 2 ** 20;
/** One kernel adds no more than this. */
const LARGEST_SESSION = 4 * 2 ** 20;
/** A longer cell is not kept. */
const LONGEST_INPUT = 100_000;
const LARGEST_READ = 16 * 2 ** 20;

/** A store that forgets. */
const noStore = (): HistoryStore => ({ session: 1, earlier: [], append: () => undefined });

/**
 * The history of the kernel `name`, in a folder of this name; `NAME_HISTORY=0` in the environment turns it off. Where it cannot be read or
 * written, this kernel has a history of its own: no cell fails for that.
 */
export function historyOf(name: string): HistoryStore {
  if (process.env[`${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_HISTORY`] === '0') return noStore();
  try {
    return openStore(join(dataFolder(process.env, process.platform), name));
  } catch {
    return noStore();
  }
}

/** Jupyter's data folder, as Jupyter finds it. */
function dataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  if (env['JUPYTER_DATA_DIR']) return env['JUPYTER_DATA_DIR'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'jupyter');
}

function openStore(folder: string): HistoryStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const [path, aside] = [join(folder, 'history.jsonl'), join(folder, 'history.1.jsonl')];
  const lock = tryLock(join(folder, 'history.lock')); // without it two kernels that start at once may get one number
  try {
    if (lock && existsSync(path) && statSync(path).size > LARGEST_FILE) renameSync(path, aside);
    const found = [aside, path].flatMap(readRecords);
    const session = found.reduce((most, record) => Math.max(most, record.session), 0) + 1;
    add(path, { session });
    chmodSync(path, 0o600);
    const earlier = found.filter((record): record is Entry => record.input !== undefined);
    return { session, earlier, append: appender(path) };
  } finally {
    lock?.release();
  }
}

/** A start of a session, or an entry. */
type Stored = { readonly session: number } & Partial<Entry>;

const add = (path: string, record: Stored): void => appendFileSync(path, `${JSON.stringify(record)}\n`, { mode: 0o600 });

function appender(path: string): HistoryStore['append'] {
  let room = LARGEST_SESSION;
  return (entry) => {
    room -= entry.input.length;
    if (room < 0 || entry.input.length > LONGEST_INPUT) return;
    try {
      add(path, entry);
    } catch {
      room = 0; // the disk is full, or the folder has gone: the cell runs all the same
    }
  };
}

/** Lines that are none of ours are passed over. */
function readRecords(path: string): Stored[] {
  if (!existsSync(path) || statSync(path).size > LARGEST_READ) return [];
  return readText(path, 'a history', LARGEST_READ)
    .split('\n')
    .flatMap((line) => {
      const record = recordOf(line);
      return record ? [record] : [];
    });
}

function recordOf(line: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (!isObject(value)) return undefined;
    const { session, line: number, input } = value;
    if (!Number.isSafeInteger(session) || (session as number) < 1) return undefined;
    if (typeof input !== 'string' || !Number.isSafeInteger(number)) return { session: session as number };
    return { session: session as number, line: number as number, input };
  } catch {
    return undefined;
  }
}
