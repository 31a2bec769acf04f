/** Picks an engine, starts it, and says which, with how many threads, and why not the others. */
import { availableParallelism, totalmem } from 'node:os';
import { integerIn, knownKeys, nameIn, refuse, refusePhrase } from '../util/check';
import { processorName } from '../util/processorName.cjs';
import { counted } from '../util/text';
import { cpu } from './cpu';
import { onednn } from './onednn';
import { portable } from './portable';
import { tensorflow } from './tensorflow/tensorflowEngine';
import { tf } from './tf';
import {
  ENGINE_NAMES,
  type Engine,
  type EngineName,
  type EngineStartOptions,
  PRECISIONS,
  type Precision,
  type StartedEngine,
} from './types';
import { webgpu } from './webgpu';

/** What `start` is asked for; every option may be left out. */
export interface StartOptions {
  /** The engine to use; default the environment variable IEKD_ENGINE, else the first of tensorflow, webgpu, onednn, portable that can. */
  readonly engine?: EngineName;
  /** Worker threads, where the engine has them; default all cores, or those of the engine that runs. */
  readonly threads?: number;
  /** Of maps and of convolutions' products; default float32, or what the engine that runs has. */
  readonly precision?: Precision;
}

/** The computer, as a table of results should name it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
}

/** An engine that was preferred and could not be used. */
export interface SkippedEngine {
  readonly name: EngineName;
  readonly reason: string;
}

/** The engine that runs: its version, threads and precision, the machine, and why other engines were passed over. */
export interface EngineReport extends StartedEngine {
  readonly name: EngineName;
  readonly precision: Precision;
  readonly machine: Machine;
  readonly skipped: readonly SkippedEngine[];
  /** All of it in one line, to be printed above results. */
  readonly sentence: string;
}

/** One row of the list of engines. */
export interface EngineRow {
  readonly name: EngineName;
  readonly available: boolean;
  /** Why it is not available, with the next step; or why it is used on request only. */
  readonly reason?: string;
  /** Known of the engine that runs. */
  readonly version?: string;
}

/** The choice among engines, with what it remembers. */
export interface Starter {
  start(options?: StartOptions): Promise<EngineReport>;
  engineReport(): EngineReport;
  /** Of the engine that runs; float32 where none does. */
  precision(): Precision;
  listEngines(): Promise<EngineRow[]>;
}

/** The order of preference. `cpu` is used on request only: training on it would look like a hang. */
const AUTOMATIC: readonly EngineName[] = ['tensorflow', 'webgpu', 'onednn', 'portable'];

/** This computer. */
export function describeMachine(): Machine {
  return {
    cpu: processorName(),
    cores: availableParallelism(),
    memoryGb: Math.round((totalmem() / 2 ** 30) * 10) / 10,
  };
}

function sentenceOf(
  name: EngineName,
  { version, threads, precision }: StartedEngine,
  machine: Machine,
  skipped: readonly SkippedEngine[],
): string {
  const place = `${machine.cpu} (${counted(machine.cores, 'core')}, ${machine.memoryGb} GB)`;
  const others = skipped.map((s) => ` Not ${s.name}: ${s.reason}.`).join('');
  const maps = precision === 'bfloat16' ? ', maps in bfloat16' : '';
  return `Engine ${name}: ${version}, ${counted(threads, 'thread')}${maps} on ${place}.${others}`;
}

/** The reason why an engine did not start, or the started engine. */
async function attempt(engine: Engine, options: EngineStartOptions): Promise<StartedEngine | string> {
  const { precision = 'float32' } = options;
  const { precisions } = engine.abilities;
  const reason = await engine.unavailable(options);
  if (reason !== undefined) return reason;
  if (!precisions.includes(precision)) return `it computes in ${precisions.join(' and ')} only`;
  try {
    return await engine.start(options);
  } catch (error) {
    return (error as Error).message;
  }
}

/** Tensors live on one engine; another one would read them all over, silently and slowly, and may not update them in place. */
function refuseSwitch(from: EngineName, to: string): void {
  const { numTensors } = tf.memory();
  if (numTensors === 0) return;
  throw refusePhrase(
    `start: switching from ${from} to ${to}`,
    'no live tensors',
    counted(numTensors, 'tensor'),
    'dispose of them, or start afresh',
  );
}

/** What tfjs took by itself, plain JavaScript, where tensors were made before any engine was started: they would stay there. */
function earlyBackend(): string | undefined {
  const { backendName, state } = tf.engine();
  return state.numTensors > 0 ? backendName : undefined;
}

async function engineRow(engine: Engine, current: EngineReport | undefined): Promise<EngineRow> {
  const { name } = engine;
  const reason = await engine.unavailable();
  if (reason !== undefined) return { name, available: false, reason };
  const notPreferred = await engine.notPreferred?.();
  return {
    name,
    available: true,
    ...(notPreferred === undefined ? {} : { reason: notPreferred }),
    ...(current?.name === name ? { version: current.version } : {}),
  };
}

/** A choice among `engines`; `environment` gives the value of IEKD_ENGINE. The library has one of its own, below. */
export function createStarter(engines: readonly Engine[], environment: () => string | undefined): Starter {
  let current: EngineReport | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const find = (name: EngineName): Engine => {
    const engine = engines.find((e) => e.name === name);
    if (!engine) throw refuse('start', `one of ${engines.map((e) => e.name).join(', ')}`, name);
    return engine;
  };

  /** The engine asked for by name, by argument before environment. */
  function asked(options: StartOptions): EngineName | undefined {
    if (options.engine !== undefined) return nameIn('start: engine', ENGINE_NAMES, options.engine);
    if (current) return current.name;
    const variable = environment();
    return variable ? nameIn('start: IEKD_ENGINE', ENGINE_NAMES, variable) : undefined;
  }

  function report(name: EngineName, started: StartedEngine, skipped: readonly SkippedEngine[]): EngineReport {
    const machine = describeMachine();
    current = { precision: 'float32', ...started, name, machine, skipped, sentence: sentenceOf(name, started, machine, skipped) };
    return current;
  }

  async function startNamed(name: EngineName, options: EngineStartOptions): Promise<EngineReport> {
    const started = await attempt(find(name), options);
    if (typeof started !== 'string') return report(name, started, []);
    if (current) await tf.setBackend(current.backend);
    throw refusePhrase('start', `an engine "${name}" that can run here`, `none: ${started}`);
  }

  async function startFirst(options: EngineStartOptions): Promise<EngineReport> {
    const skipped: SkippedEngine[] = [];
    for (const engine of AUTOMATIC.map(find)) {
      const started = (await engine.notPreferred?.()) ?? (await attempt(engine, options));
      if (typeof started !== 'string') return report(engine.name, started, skipped);
      skipped.push({ name: engine.name, reason: started });
    }
    const reasons = skipped.map((s) => `${s.name}: ${s.reason}`).join('; ');
    throw refusePhrase('start', 'an engine that can run here', `none (${reasons})`);
  }

  async function start(options: StartOptions): Promise<EngineReport> {
    knownKeys('start', options, ['engine', 'threads', 'precision']);
    const name = asked(options);
    const kept = current?.name === name ? current?.threads : undefined;
    const threads = integerIn('start: threads', options.threads ?? kept ?? availableParallelism(), 1, 1024);
    const precision = nameIn('start: precision', PRECISIONS, options.precision ?? current?.precision ?? 'float32');
    const same = current?.name === name && (options.threads === undefined || threads === current?.threads);
    if (current && same && precision === current.precision) return current;
    if (current && name && name !== current.name) refuseSwitch(current.name, name);
    tf.enableProdMode(); // Keeps tfjs's greeting, and its checks of every op, out of the way.
    const early = current ? undefined : earlyBackend();
    const report = await (name ? startNamed(name, { threads, precision }) : startFirst({ threads, precision }));
    if (early !== undefined && early !== report.backend) await refuseEarly(early);
    return report;
  }

  async function refuseEarly(backend: string): Promise<never> {
    current = undefined;
    await tf.setBackend(backend);
    const received = counted(tf.memory().numTensors, 'tensor');
    throw refusePhrase('start', 'a start before anything else', received, 'build networks after await start()');
  }

  return {
    /** One start at a time, whoever calls. */
    start(options = {}) {
      const next = queue.then(() => start(options));
      queue = next.catch(() => undefined);
      return next;
    },
    engineReport() {
      if (!current) throw refusePhrase('start', 'a started engine', 'none', 'call `await start()` first');
      return current;
    },
    precision: () => current?.precision ?? 'float32',
    listEngines: () => Promise.all(engines.map((engine) => engineRow(engine, current))),
  };
}

const starter = createStarter([tensorflow, webgpu, onednn, portable, cpu], () => process.env['IEKD_ENGINE']);

/**
 * Starts an engine, or returns the one that runs. Without a name a started engine is kept, else the first is taken that can run:
 * tensorflow, webgpu, onednn, portable. A name given is used or refused with the reason. A change of the engine needs that no
 * tensor is left; a change of the threads does not.
 * @throws InputError for unknown names and options, for an engine that cannot run here, and for a change while tensors are left
 * @example
 * ```ts
 * import { start } from 'iekd';
 *
 * const { name, threads, sentence } = await start({ engine: 'portable' });
 * console.log(name, threads); // portable 1
 * console.log(sentence); // what it is, and why not the engines before it
 * ```
 */
export function start(options: StartOptions = {}): Promise<EngineReport> {
  return starter.start(options);
}

/** Lists every engine in order of preference, whether it can be used here, and if not, why and what to do. */
export function listEngines(): Promise<EngineRow[]> {
  return starter.listEngines();
}

/** In which precision the started engine computes; float32 where none was started. */
export function currentPrecision(): Precision {
  return starter.precision();
}
