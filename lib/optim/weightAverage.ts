/**
 * An exponential moving average of the weights of networks in training (Polyak & Juditsky 1992; Tarvainen & Valpola 2017,
 * https://arxiv.org/abs/1703.01780), of parameters and of the statistics of batch norms alike. After the first step it is a copy of the
 * weights; then a ← d · a + (1 − d) · w with d = min(decay, (1 + n) / (10 + n)), as TensorFlow's
 * `ExponentialMovingAverage` with `num_updates` = n, from 0: with the decay alone it would long remember the first steps of a short training.
 */
import { averageStep } from '../engine/fused/averageStep';
import { type TensorData, Variables } from '../engine/variables';

/** The average of several networks' weights. */
export interface WeightAverage {
  /** The averages (`ema/student/fc.weight`); a checkpoint holds them. */
  readonly state: Variables;
  /** Takes the weights into the average, after a step. @param steps steps of the stage that were done before it */
  update(steps: number): void;
  /** The averages of a network, by the names of its variables. */
  of(network: number): Record<string, TensorData>;
  /** Runs `f` while the networks have the averages as their weights; then they have their own again, to the bit. */
  during<T>(f: () => Promise<T>): Promise<T>;
  dispose(): void;
}

/** A network that is averaged, and what it is called in the state. */
export interface Averaged {
  readonly role: string;
  readonly variables: Variables;
}

/** Averages that begin with the first step. @param decay between 0 and 1 */
export function weightAverage(networks: readonly Averaged[], decay: number): WeightAverage {
  const state = new Variables();
  const prefix = (role: string): string => `ema/${role}/`;
  for (const { role, variables } of networks) {
    for (const [name, value] of Object.entries(variables.snapshot())) state.add(prefix(role) + name, value, false);
  }
  const of = (network: number): Record<string, TensorData> => {
    const own = prefix(networks[network]?.role ?? '');
    const entries = Object.entries(state.snapshot()).filter(([name]) => name.startsWith(own));
    return Object.fromEntries(entries.map(([name, value]) => [name.slice(own.length), value]));
  };
  return {
    state,
    of,
    update(steps) {
      const updates = networks.flatMap(({ role, variables }) =>
        variables.entries().map(({ name, variable }) => ({ average: state.get(prefix(role) + name), variable })),
      );
      averageStep(updates, decayAt(steps, decay));
    },
    async during(f) {
      const own = networks.map(({ variables }) => variables.snapshot());
      try {
        for (const [i, { variables }] of networks.entries()) variables.load(of(i));
        return await f();
      } finally {
        for (const [i, { variables }] of networks.entries()) variables.load(own[i] ?? {});
      }
    },
    dispose: () => state.dispose(),
  };
}

/** What the average keeps of itself in the step after so many. */
function decayAt(steps: number, decay: number): number {
  const n = steps - 1;
  return steps === 0 ? 0 : Math.min(decay, (1 + n) / (10 + n));
}
