/** Event files of a folder, as TensorBoard finds them: `events.out.tfevents.<seconds since 1970>.iekd`. */
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tryFile } from '../../util/fileErrors';
import { writeAtomic } from '../../util/files';
import { decodeEvent, type Event, encodeEvent } from './eventMessages';
import { recordOf, recordsIn } from './records';

const NAME = /^events\.out\.tfevents\.(\d{1,15})\.iekd$/;

/** Seconds since 1970. */
const now = (): number => Date.now() / 1000;

/** Paths of those that this library has written, the oldest first. */
export function eventFiles(folder: string): string[] {
  const numbers = readdirSync(folder).flatMap((name) => NAME.exec(name)?.slice(1).map(Number) ?? []);
  return numbers.sort((a, b) => a - b).map((number) => pathOf(folder, number));
}

/** The events of a file, whole ones. @throws InputError for a file that is damaged */
export function readEvents(path: string): Event[] {
  const file = tryFile(path, 'a file that can be read', () => readFileSync(path));
  return recordsIn(file, path).map((bytes) => decodeEvent(bytes, path));
}

/**
 * Begins a file with events, whole or not at all, and removes the older ones of the folder. It is always a new one: TensorBoard, which
 * keeps its place in a file, goes on to it. @returns its path
 */
export function beginEvents(folder: string, events: readonly Event[]): string {
  const older = eventFiles(folder);
  const last = Number(NAME.exec(older.at(-1)?.split(/[\\/]/).at(-1) ?? '')?.[1] ?? 0);
  const path = pathOf(folder, Math.max(Math.floor(now()), last + 1));
  const version: Event = { wallTime: now(), fileVersion: 'brain.Event:2' };
  writeAtomic(path, Buffer.concat([version, ...events].map((event) => recordOf(encodeEvent(event)))));
  for (const one of older) rmSync(one, { force: true });
  return path;
}

/** Adds the values of a step. */
export function appendScalars(path: string, step: number, values: Readonly<Record<string, number>>): void {
  const value = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
  const record = recordOf(encodeEvent({ wallTime: now(), step, summary: { value } }));
  tryFile(path, 'a place that can be written', () => appendFileSync(path, record));
}

const pathOf = (folder: string, seconds: number): string => join(folder, `events.out.tfevents.${seconds}.iekd`);
