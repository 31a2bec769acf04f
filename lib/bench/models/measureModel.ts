/** Measures one network, ours and PyTorch's in turn. */
import type { Precision } from '../../engine/types';
import { median } from '../../util/stats';
import type { Peer } from '../pytorch';
import { disturbance, type LoadPart, loadBetween, readLoad } from './machineLoad';
import { fastestWay, type ModelCase } from './modelBenchRow';
import { ownModel } from './ownModel';
import { secondsOf } from './peerModel';
import { type PeerPlan, peerMemory, peerSide } from './peerSide';

/** What is measured, and how. */
export interface ModelPlan extends PeerPlan {
  readonly engine: string;
  readonly precision: Precision;
  readonly rounds: number;
  readonly memory: boolean;
}

/** For ours to start, and to do a round: nobody waits for ever. */
const OUR_LIMIT_MS = 1_800_000;

/** @param told before each part, with its round */
export async function measureModel(
  plan: ModelPlan,
  peer: Peer | undefined,
  told: (round: number, what: string) => void,
): Promise<ModelCase> {
  const { engine, threads, precision, spec, batch, parameters, multiplyAdds } = plan;
  const own = ownModel({ engine, threads, precision, spec, batch });
  const twin = peer && peerSide(peer, plan);
  const ours: number[] = [];
  const parts: LoadPart[] = [];
  const watched = async <T>(work: () => Promise<T>): Promise<T> => {
    const pids = [process.pid, own.pid, twin?.pid()];
    const before = readLoad(pids);
    const result = await work();
    const part = loadBetween(before, readLoad(pids));
    if (part) parts.push(part);
    return result;
  };
  const figure = async (question: object, name: string): Promise<number> => Number((await own.ask(question, OUR_LIMIT_MS))[name]);
  try {
    await own.ask(undefined, OUR_LIMIT_MS);
    for (let round = 1; round <= plan.rounds; round++) {
      told(round, 'ours');
      const begin = performance.now();
      const seconds = secondsOf('bench: ours', await watched(() => own.ask({ steps: plan.steps }, OUR_LIMIT_MS)));
      ours.push(batch / median(seconds));
      await twin?.round(round, { ourSeconds: (performance.now() - begin) / 1000, told, watched });
    }
    const { theirs = {}, failures = {} } = twin ?? {};
    const compared = fastestWay({ theirs, precision });
    const theirMb = plan.memory && peer && compared ? await peerMemory(peer, plan, compared) : undefined;
    return {
      ...{ network: spec.name, engine, precision, threads, batch, size: spec.input[0] as number, parameters, multiplyAdds },
      ...{ ours, theirs, failures, disturbance: disturbance(parts, threads) },
      peakMemoryMb: await figure({ memory: true }, 'peakMemoryMb'),
      peak: await figure({ peak: true }, 'flops'), // whose matrices are no memory of training
      ...(theirMb === undefined ? {} : { peerPeakMemoryMb: theirMb }),
    };
  } finally {
    own.end();
    twin?.end();
  }
}
