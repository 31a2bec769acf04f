/**
 * The process's file descriptors 1 and 2, so that what child processes (`stdio: 'inherit'`) and native code write arrives in the cell.
 * Before anything else in the process, two FIFOs take their places; the server thread reads the other ends. They have no names any more
 * by the time `captureDescriptors` returns.
 *
 * What is written to 2 also goes to the stderr that the process was started with, for the launcher. A small process of its own holds
 * that, since Node can neither duplicate a descriptor nor open a socket twice. It outlives this one by a moment, and passes on what
 * nobody has read any more: V8's last words when memory runs out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

/** Ends to read from, as numbers, which another thread may use. */
export interface Descriptors {
  readonly stdout: number;
  readonly stderr: number;
  /** What is written here goes to the stderr that the process was started with. Writing never waits: its launcher may not read. */
  readonly trueStderr: number;
}

const NAMES = ['stdout', 'stderr'] as const;
/**
 * Copies its stdin, and once that has ended the rest of descriptor 3, which does not wait: while the kernel's end of it is still being
 * closed, reading fails, and is tried again. An interrupt is for the kernel.
 */
const COPIER = "trap '' INT; cat >&2; for i in 1 2 3 4 5 6 7 8 9; do cat <&3 >&2 2>/dev/null && exit; sleep 0.02; done";
/** What a pipe holds; so much is read after a cell, even if somebody goes on writing. */
const PIPE_BYTES = 64 * 1024;

/** To be called before `process.stdout` is first used. Undefined where there are no FIFOs, as on Windows: then nothing has changed. */
export function captureDescriptors(): Descriptors | undefined {
  if (process.platform === 'win32') return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'kernel-')); // readable by this user only
  const paths = NAMES.map((name) => join(folder, name));
  const copied = join(folder, 'copied');
  try {
    if (spawnSync('mkfifo', ['-m', '600', ...paths, copied]).status !== 0) return undefined;
    const [stdout, stderr] = paths.map(openReader) as [number, number];
    const writers = paths.map((path) => openSync(path, 'w'));
    const trueStderr = startCopier(copied, stderr);
    for (const [i, path] of paths.entries()) replace(i + 1, path);
    for (const writer of writers) closeSync(writer);
    return { stdout, stderr, trueStderr };
  } finally {
    remove(folder, [...paths, copied]);
  }
}

/**
 * Without a look at the files, which `rmSync` would take: Node's next `realpath` with its cache asks whether the last file that was looked
 * at is a FIFO, and if so leaves symbolic links as they are. Packages would then be loaded twice.
 */
function remove(folder: string, paths: readonly string[]): void {
  for (const path of paths) {
    try {
      unlinkSync(path);
    } catch {
      // was not made
    }
  }
  rmdirSync(folder);
}

/** A file that is opened takes the lowest number that is free; Node sees to it that 0 to 2 are not. */
function replace(descriptor: number, path: string): void {
  closeSync(descriptor);
  openSync(path, 'w');
}

/** Does not wait for a writer. */
const openReader = (path: string): number => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);

/** @param stderr whose rest is copied in the end @returns where to write what is to be copied */
function startCopier(path: string, stderr: number): number {
  const nonBlocking = openReader(path);
  const to = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const from = openSync(path, 'r'); // waits for what comes
  closeSync(nonBlocking);
  const copier = spawn('sh', ['-c', COPIER], { stdio: [from, 'ignore', 'inherit', stderr] });
  copier.on('error', () => undefined); // then nothing is copied
  copier.unref();
  closeSync(from);
  return to;
}

/** For the launcher, when there is nobody else any more. Never fails. */
export function writeToLauncher(descriptors: Descriptors | undefined, text: string): void {
  writeQuietly(descriptors?.trueStderr ?? 2, Buffer.from(text, 'utf8'));
}

/**
 * @param write is given text as it comes @param room resolves when more may be read @returns reads what is there by now
 */
export function readDescriptors(
  { stdout, stderr, trueStderr }: Descriptors,
  write: (name: 'stdout' | 'stderr', text: string) => void,
  room: () => Promise<void> | undefined,
): () => void {
  const drains = ([stdout, stderr] as const).map((descriptor, i) => {
    const name = NAMES[i] as (typeof NAMES)[number];
    const decoder = new StringDecoder('utf8');
    const take = (bytes: Buffer): void => {
      if (name === 'stderr') writeQuietly(trueStderr, bytes);
      const text = decoder.write(bytes);
      if (text !== '') write(name, text);
    };
    const socket = new Socket({ fd: descriptor, readable: true, writable: false });
    socket.on('error', () => socket.destroy()); // nobody can be told: these were the ways to
    socket.on('data', (bytes) => {
      take(bytes);
      const wait = room();
      if (!wait) return;
      socket.pause();
      void wait.then(() => socket.resume());
    });
    socket.unref();
    return () => drainInto(descriptor, take);
  });
  return () => {
    for (const drain of drains) drain();
  };
}

function drainInto(descriptor: number, take: (bytes: Buffer) => void): void {
  const buffer = Buffer.allocUnsafe(PIPE_BYTES);
  for (let left = 2 * PIPE_BYTES; left > 0; ) {
    const length = readNow(descriptor, buffer);
    if (length === 0) return;
    take(buffer.subarray(0, length));
    left -= length;
  }
}

/** 0 where there is nothing to read now. */
function readNow(descriptor: number, buffer: Buffer): number {
  try {
    return readSync(descriptor, buffer);
  } catch {
    return 0;
  }
}

function writeQuietly(descriptor: number, bytes: Buffer): void {
  try {
    writeSync(descriptor, bytes);
  } catch {
    // whoever started the kernel does not listen
  }
}
