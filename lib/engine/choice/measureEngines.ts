/**
 * Measures engines against each other. Their processes start together, which takes no longer than the slowest of them; then each does its
 * steps while the others wait. One that hangs or crashes costs time and its place, nothing else.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { EngineName, EngineStartOptions } from '../types';
import { type EngineMeasure, isRate } from './engineMeasure';
import { type TrialMessage, trialWords } from './engineTrial';

/** How engines are tried; tests put their own in. */
export interface TrialSystem {
  /** The words after `node` of the process that tries an engine. */
  words(name: EngineName, options: Required<EngineStartOptions>): readonly string[];
  /** What a process may take longer than the first that answers, besides ten times the time of that one: a busy machine is given more. */
  readonly patienceMs: number;
}

const system: TrialSystem = { words: (name, options) => trialWords({ name, ...options }), patienceMs: 10_000 };

/** For the first answer. */
const LONGEST_MS = 60_000;

/** @returns one measure for each name, the fastest first, those that failed last. Never throws. */
export async function measureEngines(
  names: readonly EngineName[],
  options: Required<EngineStartOptions>,
  { words, patienceMs }: TrialSystem = system,
): Promise<EngineMeasure[]> {
  if (names.length === 0) return [];
  const begin = performance.now();
  const processes = names.map((name) => launched(words(name, options)));
  try {
    const answers = processes.map(nextMessage);
    await within(LONGEST_MS, Promise.race(answers));
    const limitMs = patienceMs + 10 * (performance.now() - begin);
    const measures: EngineMeasure[] = [];
    const ready = await Promise.all(answers.map((answer) => within(limitMs, answer)));
    for (const [i, name] of names.entries()) {
      const { reason } = ready[i] as TrialMessage;
      measures.push(measureOf(name, reason === undefined ? await measured(processes[i] as ChildProcess, limitMs) : { reason }));
    }
    return measures.sort((a, b) => rateOf(b) - rateOf(a));
  } finally {
    for (const child of processes) child.kill('SIGKILL');
  }
}

const rateOf = (measure: EngineMeasure): number => (isRate(measure) ? measure.imagesPerSecond : -1);

function measureOf(name: EngineName, { imagesPerSecond = Number.NaN, reason }: TrialMessage): EngineMeasure {
  if (reason !== undefined) return { name, reason };
  if (imagesPerSecond > 0) return { name, imagesPerSecond: Number(imagesPerSecond.toPrecision(3)) };
  return { name, reason: 'its measured step gave no time' };
}

/** A process with a channel for messages; what drivers write goes nowhere. */
const launched = (words: readonly string[]): ChildProcess =>
  spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], windowsHide: true });

async function measured(child: ChildProcess, limitMs: number): Promise<TrialMessage> {
  const answer = nextMessage(child);
  child.send({}, () => undefined); // one that has ended meanwhile says so by its end
  return within(limitMs, answer);
}

/** What a process says next, or how it ended. */
function nextMessage(child: ChildProcess): Promise<TrialMessage> {
  return new Promise((resolve) => {
    const ended = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve({ reason: `its measured step ended the process with ${signal ?? `exit code ${code}`}` });
    if (child.exitCode !== null || child.signalCode !== null) return ended(child.exitCode, child.signalCode);
    child.once('message', (message) => resolve(message as TrialMessage));
    child.once('error', ({ message }) => resolve({ reason: `its measured step had no process: ${message}` }));
    child.once('exit', ended);
  });
}

async function within(limitMs: number, answer: Promise<TrialMessage>): Promise<TrialMessage> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TrialMessage>((resolve) => {
    const reason = `its measured step did not end within ${Math.round(limitMs / 1000)} s`;
    timer = setTimeout(() => resolve({ reason }), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
