/** PyTorch's rounds of one network: its rates by layout, and why others have none. */
import { median } from '../../util/stats';
import type { Peer } from '../pytorch';
import { type BenchProcess, SilentProcess } from './benchProcess';
import { limitMs, type PeerModel, type PeerWay, peerModel, peerWays, secondsOf, wayName } from './peerModel';

export interface PeerPlan extends PeerModel {
  readonly steps: number;
  readonly compile: boolean;
}

/** How a round goes on. */
export interface RoundOptions {
  /** What ours took. */
  readonly ourSeconds: number;
  /** Told before each part. */
  readonly told: (round: number, what: string) => void;
  /** Does something while the load of the machine is watched. */
  readonly watched: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface PeerSide {
  /** Images a second by layout, of each round; layouts that failed have none. */
  readonly theirs: Record<string, number[]>;
  readonly failures: Record<string, string>;
  pid(): number | undefined;
  round(round: number, options: RoundOptions): Promise<void>;
  end(): void;
}

export function peerSide(peer: Peer, plan: PeerPlan): PeerSide {
  const theirs: Record<string, number[]> = {};
  const failures: Record<string, string> = {};
  let process: BenchProcess | undefined;
  const failed = (way: PeerWay, { message }: Error): void => {
    delete theirs[wayName(way)];
    failures[wayName(way)] = message;
  };
  /** Starts the twin where it does not run; one that does not begin has no layout. */
  const running = async (ways: readonly PeerWay[]): Promise<BenchProcess | undefined> => {
    try {
      process ??= await peerModel(peer, plan);
    } catch (error) {
      if (!(error instanceof SilentProcess)) throw error;
      for (const way of ways) failed(way, error);
    }
    return process;
  };
  return {
    ...{ theirs, failures },
    pid: () => process?.pid,
    async round(round, { ourSeconds, told, watched }) {
      const ways = peerWays(plan.compile).filter((way) => !(wayName(way) in failures));
      for (const way of round % 2 === 1 ? ways : ways.reverse()) {
        const twin = await running(ways);
        if (!twin) return;
        told(round, `${peer.version} ${wayName(way)}`);
        const ask = (steps: number) => twin.ask({ ...way, steps }, limitMs(way, ourSeconds));
        try {
          if (way.compiled && !(wayName(way) in theirs)) secondsOf(nameOf(peer), await ask(1)); // compilers are no load
          const seconds = secondsOf(nameOf(peer), await watched(() => ask(plan.steps)));
          theirs[wayName(way)] = [...(theirs[wayName(way)] ?? []), plan.batch / median(seconds)];
        } catch (error) {
          failed(way, error as Error);
          if (error instanceof SilentProcess) process = undefined;
        }
      }
    },
    end: () => process?.end(),
  };
}

/** Peak resident memory, in MiB, of a fresh twin that trains in one way, by its name; undefined where it failed. */
export async function peerMemory(peer: Peer, plan: PeerPlan, name: string): Promise<number | undefined> {
  const way = peerWays(true).find((one) => wayName(one) === name);
  if (!way) return undefined;
  let twin: BenchProcess | undefined;
  try {
    twin = await peerModel(peer, plan);
    await twin.ask({ ...way, steps: 1 }, limitMs(way, 60));
    return Number((await twin.ask({ memory: true }, limitMs(way, 60)))['peakMemoryMb']);
  } catch (error) {
    if (error instanceof SilentProcess) return undefined;
    throw error;
  } finally {
    twin?.end();
  }
}

const nameOf = ({ version }: Peer): string => `bench: ${version}`;
