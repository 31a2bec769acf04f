/** Networks that runs have trained, for those who look into them. */
import type { ChannelSplit } from '../../methods/parts/channelSplit';
import type { Network } from '../../models/types';
import { networkOf } from '../../weights/networkFile';
import { readRunWeights } from '../run/runWeights';
import type { RunPlan } from '../runPlan';
import type { RunStore } from './runStore';

/** A student after its last epoch. The network is the holder's to dispose of. */
export interface Trained {
  readonly network: Network;
  /** Channels of its parts by the feature that was split; empty where none was. */
  readonly parts: Readonly<Record<string, ChannelSplit>>;
}

/** The student of a plan's run. @throws InputError where its weights are not here */
export function loadTrained(plan: RunPlan, store: RunStore): Trained {
  const path = store.weightsPath(plan);
  const { channels = {} } = (store.find(plan)?.facts.state ?? {}) as { readonly channels?: Trained['parts'] };
  return { network: networkOf(readRunWeights(path), path), parts: channels };
}
