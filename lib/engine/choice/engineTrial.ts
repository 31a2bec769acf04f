/**
 * One engine's measured step, in a process of its own: what TensorFlow, Dawn or a driver loads cannot be let go, and may end the
 * process that loads it, or never return.
 */
import { once } from 'node:events';
import { tf } from '../tf';
import type { EngineName, Precision } from '../types';
import { ENGINES } from './engineList';
import { type MeasuredStep, measuredStep, STEP_IMAGES } from './measuredStep';

/** What the process is to do. */
export interface TrialOptions {
  readonly name: EngineName;
  readonly threads: number;
  readonly precision: Precision;
}

/** What it says: that it is ready to be measured, then how fast it was; or at any time why not. */
export interface TrialMessage {
  readonly ready?: true;
  readonly imagesPerSecond?: number;
  readonly reason?: string;
}

/** The words after `node` that start it. */
export const trialWords = (options: TrialOptions): string[] => [
  ...['-e', 'require(process.argv[1]).trialHere(JSON.parse(process.argv[2]))'],
  ...[__filename, JSON.stringify(options)],
];

/** How long steps go before they are measured, one at least: engines make kernels, and V8 compiles. */
const WARM_UP_MS = 200;
/** How long they are measured. */
const MEASURED_MS = 300;

/** Does it in this process, which the one that started it ends. @public for the process above, which calls it by name */
export async function trialHere(options: TrialOptions): Promise<void> {
  const say = (message: TrialMessage): void => void process.send?.(message);
  process.once('disconnect', () => process.exit());
  try {
    const work = await startedStep(options);
    if (typeof work === 'string') return say({ reason: work });
    const asked = once(process, 'message');
    say({ ready: true });
    await asked;
    say({ imagesPerSecond: STEP_IMAGES / (await fastestSeconds(work, MEASURED_MS)) });
  } catch (error) {
    say({ reason: (error as Error).message });
  }
}

/** The step on the started engine, after its first times; or why there is none. */
async function startedStep({ name, threads, precision }: TrialOptions): Promise<MeasuredStep | string> {
  const engine = ENGINES.find((one) => one.name === name);
  if (!engine) return `there is no engine "${name}"`;
  tf.enableProdMode();
  const reason = (await engine.notPreferred?.()) ?? (await engine.unavailable({ threads, precision }));
  if (reason !== undefined) return reason;
  await engine.start({ threads, precision });
  const work = measuredStep();
  await fastestSeconds(work, WARM_UP_MS);
  return work;
}

/** The fastest is the one that other programs disturbed least. */
async function fastestSeconds({ step }: MeasuredStep, forMs: number): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const begin = performance.now();
    const loss = await step();
    if (!Number.isFinite(loss)) throw new Error(`the loss of the measured step is ${loss}`);
    fastest = Math.min(fastest, (performance.now() - begin) / 1000);
  }
  return fastest;
}
