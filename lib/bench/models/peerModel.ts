/** PyTorch's side: the twin of a network in a process of its own, asked layout by layout. A layout that hangs or fails is left out from then on. */
import { resolve } from 'node:path';
import type { Precision } from '../../engine/types';
import type { NetworkSpec } from '../../models/types';
import { refusePhrase } from '../../util/check';
import { PEER_LAYOUTS, type Peer, type PeerLayout, peerEnvironment } from '../pytorch';
import { type Answer, type BenchProcess, benchProcess } from './benchProcess';

/** A way in which PyTorch may run the network. */
export interface PeerWay {
  readonly layout: PeerLayout;
  readonly compiled: boolean;
}

/** The twin that is asked for. */
export interface PeerModel {
  readonly spec: NetworkSpec & { readonly input: readonly number[]; readonly classes: number };
  readonly batch: number;
  readonly threads: number;
  /** What our plan says, which the twin must count, too. */
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** Seen from lib/dist/bench/models. */
const SCRIPT = resolve(__dirname, '../../../bench/pytorch_models.py');

/** For Python to import torch, and for one that compiles. */
const [BEGIN_MS, COMPILE_MS] = [120_000, 600_000];
/** What a round may take: so many times ours. */
const TIMES_OURS = 20;

/** All ways, eager ones before those of torch.compile. */
export const peerWays = (compile: boolean): PeerWay[] =>
  (compile ? [false, true] : [false]).flatMap((compiled) => PEER_LAYOUTS.map((layout) => ({ layout, compiled })));

export const wayName = ({ layout, compiled }: PeerWay): string => (compiled ? `${layout} compiled` : layout);

/** Whether a way, by its name, computes in our precision. */
export const samePrecision = (name: string, precision: Precision): boolean =>
  name.includes('bf16') === (precision === 'bfloat16');

/** How long a way may take for a round in which ours took so many seconds. */
export const limitMs = ({ compiled }: PeerWay, ourSeconds: number): number =>
  60_000 + TIMES_OURS * 1000 * ourSeconds + (compiled ? COMPILE_MS : 0);

/** Starts the twin. @throws InputError where it is another network, or does not begin */
export async function peerModel(
  peer: Peer,
  { spec, batch, threads, parameters, multiplyAdds }: PeerModel,
): Promise<BenchProcess> {
  const { name: network, input, classes, ...options } = spec;
  const described = JSON.stringify({ network, options, size: input[0], classes, batch, threads });
  const process = benchProcess(`bench: ${peer.version}`, peer.python, [SCRIPT, described], peerEnvironment());
  const twin = await process.ask(undefined, BEGIN_MS);
  const [ours, theirs] = [
    [parameters, multiplyAdds],
    [twin['parameters'], twin['multiply_adds']],
  ];
  if (ours.every((count, i) => count === theirs[i])) return process;
  process.end();
  throw refusePhrase(`bench: ${network}: its twin`, `${ours.join(' parameters and ')} multiply-adds`, theirs.join(' and '));
}

/** The seconds of an answer. @throws InputError with what failed */
export function secondsOf(where: string, answer: Answer): number[] {
  const { seconds, failed } = answer;
  if (Array.isArray(seconds) && seconds.length > 0 && seconds.every((one) => one > 0)) return seconds as number[];
  throw refusePhrase(where, 'seconds of steps', typeof failed === 'string' ? failed : JSON.stringify(answer).slice(0, 200));
}
