/** Picks an engine, starts it, and says which, with how many threads, and why not the others. */
import { availableParallelism, totalmem } from 'node:os';
import { integerIn, knownKeys, nameIn, refuse, refusePhrase } from '../util/check';
import { processorName } from '../util/processorName.cjs';
import { counted } from '../util/text';
import { ENGINES } from './choice/engineList';
import { type EngineOrders, engineOrders, type OrderOptions } from './choice/engineOrders';
import { type EngineRow, engineRows, type ListEnginesOptions } from './choice/engineRows';
import { attempt, type SkippedEngine, startFirst } from './choice/firstEngine';
import { tf } from './tf';
import { ENGINE_NAMES, type Engine, type EngineName, PRECISIONS, type Precision, type StartedEngine } from './types';

/** What `start` is asked for; every option may be left out. */
export interface StartOptions {
  /** The engine to use; default the environment variable IEKD_ENGINE, else the fastest of tensorflow, webgpu, onednn, portable. */
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

/** The engine that runs: its version, threads and precision, the machine, and why other engines were passed over. */
export interface EngineReport extends StartedEngine {
  readonly name: EngineName;
  readonly precision: Precision;
  readonly machine: Machine;
  readonly skipped: readonly SkippedEngine[];
  /** All of it in one line, to be printed above results. */
  readonly sentence: string;
}

/** The choice among engines, with what it remembers. */
export interface Starter {
  start(options?: StartOptions): Promise<EngineReport>;
  engineReport(): EngineReport;
  /** Of the engine that runs; float32 where none does. */
  precision(): Precision;
  listEngines(options?: ListEnginesOptions): Promise<EngineRow[]>;
}

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

/**
 * A choice among `engines`; `environment` gives the value of IEKD_ENGINE, `orders` what was measured: without it engines are taken in
 * the order of their names. The library has a choice of its own, below.
 */
export function createStarter(engines: readonly Engine[], environment: () => string | undefined, orders?: EngineOrders): Starter {
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

  async function startNamed(name: EngineName, options: OrderOptions): Promise<EngineReport> {
    const started = await attempt(find(name), options);
    if (typeof started !== 'string') return report(name, started, []);
    if (current) await tf.setBackend(current.backend);
    throw refusePhrase('start', `an engine "${name}" that can run here`, `none: ${started}`);
  }

  async function startFastest(options: OrderOptions): Promise<EngineReport> {
    const { name, started, skipped } = await startFirst(engines, options, orders);
    return report(name, started, skipped);
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
    const started = await (name ? startNamed(name, { threads, precision }) : startFastest({ threads, precision }));
    if (early !== undefined && early !== started.backend) await refuseEarly(early);
    return started;
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
    listEngines: (options) => engineRows(engines, { orders, current }, options),
  };
}

const starter = createStarter(ENGINES, () => process.env['IEKD_ENGINE'], engineOrders());

/**
 * Starts an engine, or returns the one that runs. Without a name a started engine is kept, else the fastest is taken of tensorflow,
 * webgpu, onednn and portable. Where several can run, a training step of each is measured once (some seconds, in processes of their own)
 * and the order kept in the cache for this machine. A name given is used or refused with the reason, and nothing is measured. A change
 * of the engine needs that no tensor is left; a change of the threads does not.
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

/** Lists every engine, whether it can be used here, and if not, why and what to do; with its speed where engines were measured here. */
export function listEngines(options: ListEnginesOptions = {}): Promise<EngineRow[]> {
  return starter.listEngines(options);
}

/** In which precision the started engine computes; float32 where none was started. */
export function currentPrecision(): Precision {
  return starter.precision();
}
