/** What the system refuses (errno), as a sentence: the file, what was wanted of it, what came instead, and what to do next. */
import { type InputError, refusePhrase } from './check';

type Sentence = readonly [received: string, hint: string];

const NOT_ALLOWED = 'change its permissions, or choose another place';
const LIMIT = 'close some programs, or raise the limit (ulimit -n)';

/** By the code that Node gives. */
const SENTENCES: Readonly<Record<string, Sentence>> = {
  ENOENT: ['no such file or folder', 'look at the path again'],
  EACCES: ['no permission', NOT_ALLOWED],
  EPERM: ['an operation that is not permitted', NOT_ALLOWED],
  EISDIR: ['a folder', 'name a file'],
  ENOTDIR: ['a path through a file', 'a part of the path is a file, not a folder: choose another path'],
  EEXIST: ['something else of that name', 'choose another path, or move it away'],
  ENOTEMPTY: ['a folder that is not empty', 'choose another path, or move it away'],
  ELOOP: ['symbolic links in a circle', 'remove the link, or name the file that it was meant for'],
  ENAMETOOLONG: ['a name that is too long', 'choose a shorter one'],
  ENOSPC: ['no space left on the disk', 'make room, or choose a place on another disk'],
  EDQUOT: ['a disk quota that is used up', 'make room, or choose a place on another disk'],
  EFBIG: ['a file beyond the allowed size', 'raise the limit (ulimit -f), or choose a place on another disk'],
  EROFS: ['a file system that is read-only', 'choose a place on another disk'],
  EMFILE: ['too many open files in this process', LIMIT],
  ENFILE: ['too many open files on this machine', LIMIT],
  EBUSY: ['a file that is in use', 'close the program that uses it, then try again'],
  ETXTBSY: ['a file that is in use', 'close the program that uses it, then try again'],
  EIO: ['an error of the disk', 'try again, or use a copy on another disk'],
  ESTALE: ['a file of a network drive that is gone', 'try again'],
  EXDEV: ['a rename between two disks', 'choose a place on one disk'],
  ENXIO: ['a socket or pipe that nobody serves', 'name a file'],
  EINVAL: ['a name that the system does not take', 'choose another path'],
  ERR_FS_FILE_TOO_LARGE: ['a file of more than 2 GiB', 'name another file'],
  ERR_INVALID_ARG_VALUE: ['a name that no file can have', 'choose another path'],
};

/** Of a call that lists a folder, which was given a file itself. */
const NO_FOLDER: Sentence = ['a file', 'name a folder'];
const LISTS = 'scandir';

/** Calls of the system that change something. */
const WRITES: readonly string[] = [
  ...['write', 'rename', 'mkdir', 'mkdtemp', 'unlink', 'rm', 'rmdir', 'fsync', 'ftruncate', 'link', 'symlink', 'utime', 'futime'],
  ...['copyfile', 'chmod', 'truncate'],
];

/** What was tried, where the error alone does not say it. */
export interface Attempt {
  /** Default: the path of the error. */
  readonly path?: string | undefined;
  /** What was to be there: `a file of weights`. */
  readonly expected?: string | undefined;
}

function wanted(syscall: string): string {
  if (syscall.startsWith('spawn')) return 'a program that can be started';
  if (syscall === LISTS) return 'a folder that can be read';
  return WRITES.includes(syscall) ? 'a place that can be written' : 'a file that can be read';
}

/** The sentence of an error of the file system, with its `code`; undefined for any other error. */
export function fileError(error: unknown, attempt: Attempt = {}): InputError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const known = code !== undefined && Object.hasOwn(SENTENCES, code) ? SENTENCES[code] : undefined;
  const sentence = code === 'ENOTDIR' && syscall === LISTS ? NO_FOLDER : known;
  // An argument that is wrong has no path, and a call of the network has no file: those say more by themselves.
  const where = attempt.path ?? path ?? (syscall === undefined ? undefined : `system call ${syscall}`);
  if (!sentence || where === undefined || code === undefined) return undefined;
  const expected = attempt.expected ?? wanted(syscall ?? '');
  const shown = code.startsWith('ERR_') ? sentence[0] : `${sentence[0]} (${code})`;
  return Object.assign(refusePhrase(where, expected, shown, sentence[1]), { code, cause: error });
}

/** Runs `f`; what the system refuses in it becomes the sentence of `fileError`, other errors stay as they are. */
export function tryFile<T>(path: string, expected: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw fileError(error, { path, expected }) ?? error;
  }
}
