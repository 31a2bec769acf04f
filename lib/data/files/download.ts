/**
 * Fetches a file of known size and checksum: what has come is kept beside the target as `NAME.part` and resumed by an HTTP
 * range request; the file gets its name only when its SHA-256 is right.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename, dirname } from 'node:path';
import { refusePhrase } from '../../util/check';
import type { DataListener } from '../types';
import { httpGet } from './http';

/** A file as its publisher gives it. */
export interface RemoteFile {
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal SHA-256. */
  readonly sha256: string;
}

export interface DownloadOptions {
  readonly onProgress?: DataListener | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gives up a connection on which no byte comes for so long; default 30,000. */
  readonly idleMs?: number | undefined;
  /** What the user can do where there is no network; ends the error. */
  readonly instead?: string | undefined;
}

/** Connections taken up again at most: a server that gives a few bytes at a time is given up. */
const ATTEMPTS = 20;

/**
 * Puts the file at `path`. A file that is there already is checked and never overwritten. A broken connection is taken up again
 * as long as it had brought bytes; afterwards an error says what to do, and the next call resumes.
 */
export async function download(file: RemoteFile, path: string, options: DownloadOptions = {}): Promise<void> {
  if (existsSync(path)) return verifyFile(file, path, options.onProgress);
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  if (sizeOf(part) > file.bytes) await rm(part);
  for (let attempt = 1; sizeOf(part) < file.bytes; attempt++) {
    const before = sizeOf(part);
    try {
      await transfer(file, part, options);
    } catch (problem) {
      options.signal?.throwIfAborted();
      if (sizeOf(part) <= before || attempt === ATTEMPTS) throw unreachable(file, part, problem, options.instead);
    }
  }
  const digest = await digestOf(part, file.bytes, options.onProgress);
  if (digest !== file.sha256) {
    await rm(part);
    const hint = 'what came was deleted; run again to fetch it afresh';
    throw refusePhrase(`download: ${file.url}`, `SHA-256 ${file.sha256}`, digest, hint);
  }
  await rename(part, path);
}

/** Refuses a file whose size or SHA-256 is not the publisher's; the file stays as it is. */
export async function verifyFile(file: RemoteFile, path: string, onProgress?: DataListener): Promise<void> {
  const hint = 'nothing was overwritten: move the file away and run again';
  const size = statSync(path).size;
  if (size !== file.bytes) throw refusePhrase(path, `${file.bytes} bytes`, `${size} bytes`, hint);
  const digest = await digestOf(path, file.bytes, onProgress);
  if (digest !== file.sha256) throw refusePhrase(path, `SHA-256 ${file.sha256}`, digest, hint);
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** One connection: appends to `part`, or starts it again where the server sends the whole file. */
async function transfer(file: RemoteFile, part: string, options: DownloadOptions): Promise<void> {
  const start = sizeOf(part);
  const headers: Record<string, string> = { 'user-agent': 'iekd', 'accept-encoding': 'identity' };
  if (start > 0) headers.range = `bytes=${start}-`;
  const response = await httpGet(file.url, { headers, idleMs: options.idleMs ?? 30_000, signal: options.signal });
  try {
    const offset = checkedOffset(file, response, start);
    await append(file, response, part, offset, options.onProgress);
  } finally {
    response.destroy();
  }
}

/** Where the body's first byte belongs, or an error for an answer that is not (the rest of) the file. */
function checkedOffset(file: RemoteFile, response: IncomingMessage, start: number): number {
  const { statusCode, statusMessage, headers } = response;
  if (statusCode === 206 && start > 0) {
    const range = headers['content-range'];
    if (range === `bytes ${start}-${file.bytes - 1}/${file.bytes}`) return start;
    throw new Error(`Content-Range ${range} to a request from byte ${start}`);
  }
  if (statusCode !== 200) throw new Error(`status ${statusCode} ${statusMessage ?? ''}`.trim());
  const length = headers['content-length'] ?? file.bytes;
  if (Number(length) !== file.bytes) throw new Error(`a file of ${length} bytes`);
  return 0;
}

async function append(file: RemoteFile, body: AsyncIterable<Buffer>, part: string, offset: number, tell?: DataListener) {
  const handle = await open(part, offset > 0 ? 'a' : 'w');
  let done = offset;
  try {
    for await (const chunk of body) {
      if (done + chunk.length > file.bytes) throw new Error('more bytes than that');
      await handle.writeFile(chunk);
      done += chunk.length;
      tell?.({ stage: 'download', item: basename(part, '.part'), done, total: file.bytes });
    }
  } finally {
    await handle.close();
  }
  if (done < file.bytes) throw new Error(`the end of the connection after ${done} bytes`);
}

async function digestOf(path: string, total: number, onProgress?: DataListener): Promise<string> {
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    done += chunk.length;
    onProgress?.({ stage: 'verify', item: basename(path, '.part'), done, total });
  }
  return hash.digest('hex');
}

function unreachable(file: RemoteFile, part: string, problem: unknown, instead?: string): Error {
  const { message, code } = problem as NodeJS.ErrnoException;
  const kept = sizeOf(part) > 0 ? ` (${sizeOf(part)} bytes are kept and resumed)` : '';
  const next = `check the network and run again${kept}${instead ? `, or ${instead}` : ''}`;
  return refusePhrase('download', `${file.bytes} bytes from ${file.url}`, message || String(code), next);
}
