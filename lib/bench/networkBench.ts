/**
 * Speed and memory of training, network by network, each in a process of its own: only the peak of a process that does nothing else
 * says what a batch needs.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { start } from '../engine/start';
import type { EngineName, Precision } from '../engine/types';
import { planNetwork } from '../models';
import { integerIn, knownKeys, refusePhrase } from '../util/check';
import { median } from '../util/stats';
import { nextTurn } from '../util/stopSignal';
import type { BenchEngine, BenchProgress } from './bench';
import { networkWork } from './benchWork';
import { peakResidentMb } from './peakMemory';

const execute = promisify(execFile);

/** What is trained unless names are given. */
export const BENCH_NETWORKS: readonly string[] = [
  ...['resnet20', 'resnet56', 'resnet110', 'resnet8x4', 'resnet32x4', 'wrn-40-2', 'resnet18', 'resnet50'],
  ...['vgg13', 'mobilenet', 'mobilenetv2', 'shufflenetv2'],
];

/** Options of `benchNetworks`. */
export interface NetworkBenchOptions {
  /** Default `BENCH_NETWORKS`. */
  readonly networks?: readonly string[];
  /** Images a step; default 128. */
  readonly batch?: number;
  /** Timed steps, after two that are not; default 5. */
  readonly steps?: number;
  /** Told before each network. */
  readonly onProgress?: (progress: BenchProgress) => void;
}

/** One line of the result. */
export interface NetworkRow {
  readonly network: string;
  readonly engine: string;
  readonly precision: Precision;
  readonly threads: number;
  readonly batch: number;
  /** Of the median step: forward, backward, SGD. */
  readonly imagesPerSecond: number;
  /** Most memory, in MiB, that was resident in the process. */
  readonly peakMemoryMb: number;
}

interface NetworkCase extends Required<BenchEngine> {
  readonly network: string;
  readonly batch: number;
  readonly steps: number;
}

const WARM_UP = 2;

/** Trains each network for some steps on made-up images of 32×32, ten classes. @throws InputError on names that are no network's */
export async function benchNetworks(
  { engine, threads, precision = 'float32' }: BenchEngine,
  options: NetworkBenchOptions = {},
): Promise<NetworkRow[]> {
  knownKeys('benchNetworks', options, ['networks', 'batch', 'steps', 'onProgress']);
  const { networks = BENCH_NETWORKS, batch = 128, steps = 5, onProgress } = options;
  for (const [name, value] of Object.entries({ batch, steps })) integerIn(`benchNetworks: ${name}`, value, 1);
  for (const name of networks) planNetwork({ name }); // which refuses names of none
  const rows: NetworkRow[] = [];
  for (const [done, network] of networks.entries()) {
    onProgress?.({ round: 1, rounds: 1, what: network, done, total: networks.length });
    rows.push(await inOwnProcess({ engine, threads, precision, network, batch, steps }));
  }
  return rows;
}

async function inOwnProcess(one: NetworkCase): Promise<NetworkRow> {
  const program =
    'require(process.argv[1]).networkHere(JSON.parse(process.argv[2])).then((row) => console.log(JSON.stringify(row)))';
  const { stdout } = await execute(process.execPath, ['-e', program, __filename, JSON.stringify(one)]);
  if (stdout.startsWith('{')) return JSON.parse(stdout) as NetworkRow;
  throw refusePhrase(`benchNetworks: ${one.network}`, 'a process that says what it measured', stdout || 'nothing');
}

/**
 * Trains in this process; only a fresh one gives a meaning to the peak.
 * @public for the process above, which calls it by name
 */
export async function networkHere({ engine, threads, precision, network, batch, steps }: NetworkCase): Promise<NetworkRow> {
  await start({ engine: engine as EngineName, threads, precision });
  const work = networkWork(network, batch);
  const seconds: number[] = [];
  try {
    for (let i = 0; i < WARM_UP + steps; i++) {
      const begin = performance.now();
      work.step();
      seconds.push((performance.now() - begin) / 1000);
      await nextTurn();
    }
  } finally {
    work.dispose();
  }
  const rate = batch / median(seconds.slice(WARM_UP));
  return {
    network,
    engine,
    precision,
    threads,
    batch,
    imagesPerSecond: Math.round(rate * 10) / 10,
    peakMemoryMb: Math.round(peakResidentMb()),
  };
}
