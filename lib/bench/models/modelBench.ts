/**
 * Speed and memory of training any network beside its twin in PyTorch. Each side has a process of its own for a network, and lives from
 * round to round; in a round ours comes first, then PyTorch's layouts, in the other order in every other round. What other programs took
 * meanwhile is written down.
 */
import { planNetwork } from '../../models';
import { parametersOf } from '../../models/layers/variablePlan';
import type { NetworkSpec } from '../../models/types';
import { integerIn, knownKeys, unlessRefused } from '../../util/check';
import type { BenchEngine, BenchProgress } from '../bench';
import { findPeer, type Peer } from '../pytorch';
import { measureModel } from './measureModel';
import { type ModelBenchRow, type ModelCase, modelBenchRow } from './modelBenchRow';

/** What is trained unless names are given. */
export const BENCH_MODELS: readonly string[] = [
  ...['resnet20', 'resnet56', 'resnet110', 'resnet8x4', 'resnet32x4', 'wrn-16-2', 'wrn-40-2', 'resnet18', 'resnet50'],
  ...['vgg13-bn', 'mobilenet', 'mobilenetv2', 'shufflenetv2'],
];

/** Options of `benchModels`. */
export interface ModelBenchOptions {
  /** Default `BENCH_MODELS`. */
  readonly models?: readonly string[];
  /** Height and width of the images; default 32. From 64 on networks have their ImageNet stem, where they have one, and 1,000 classes. */
  readonly size?: number;
  /** Images a step; default 128, of images from 64 on 16. */
  readonly batch?: number | undefined;
  /** At most so many timed steps in a round, which ends with the third step after five seconds; default 10. */
  readonly steps?: number;
  /** Default 3. */
  readonly rounds?: number;
  /** Whether to run PyTorch too, where it is; default true. */
  readonly peer?: boolean;
  /** The Python that imports it; default the one with the newest. */
  readonly python?: string | undefined;
  /** Also its layouts by torch.compile; default false. */
  readonly compile?: boolean;
  /** Also PyTorch's peak memory, in a process of its own; default false. */
  readonly memory?: boolean;
  /** Whether ratios are told in spite of doubts; default false. */
  readonly force?: boolean;
  /** Told before each part. */
  readonly onProgress?: (progress: BenchProgress) => void;
}

export interface ModelBenchResult {
  readonly rows: readonly ModelBenchRow[];
  /** The peer's version, or why it did not run. */
  readonly peer: string;
}

const KNOWN = ['models', 'size', 'batch', 'steps', 'rounds', 'peer', 'python', 'compile', 'memory', 'force', 'onProgress'];
/** Images that are large. */
const LARGE = 64;

/** Measures each network. @throws InputError on names that are no network's, and for a twin that is another network */
export async function benchModels(engine: BenchEngine, options: ModelBenchOptions = {}): Promise<ModelBenchResult> {
  knownKeys('benchModels', options, KNOWN);
  const { models = BENCH_MODELS, size = 32, steps = 10, rounds = 3, compile = false, memory = false, force = false } = options;
  const batch = options.batch ?? (size >= LARGE ? 16 : 128);
  for (const [name, value] of Object.entries({ size, batch, steps, rounds })) integerIn(`benchModels: ${name}`, value, 1);
  const specs = models.map((name) => modelSpec(name, size)); // which refuses names of none
  const found = (options.peer ?? true) ? await findPeer(options.python) : { unavailable: 'not asked for' };
  const peer: Peer | undefined = 'python' in found ? found : undefined;
  const cases: ModelCase[] = [];
  for (const [done, spec] of specs.entries()) {
    const told = (round: number, what: string): void =>
      options.onProgress?.({ round, rounds, what: `${spec.name}, ${what}`, done, total: specs.length });
    const plan = {
      ...engine,
      precision: engine.precision ?? 'float32',
      ...sizesOf(spec),
      spec,
      batch,
      steps,
      rounds,
      compile,
      memory,
    };
    cases.push(await measureModel(plan, peer, told));
  }
  const peak = Math.max(...cases.map((one) => one.peak)); // the machine's best is one for all
  return {
    rows: cases.map((one) => modelBenchRow({ ...one, peak }, force)),
    peer: 'python' in found ? found.version : found.unavailable,
  };
}

/** A network on images of a size: large ones by its ImageNet stem, where it has one. */
export function modelSpec(
  name: string,
  size: number,
): NetworkSpec & { readonly input: [number, number, number]; readonly classes: number } {
  const spec = { name, input: [size, size, 3] as [number, number, number], classes: size >= LARGE ? 1000 : 10 };
  const stemmed = { ...spec, stem: 'imagenet' };
  if (size >= LARGE && unlessRefused(() => planNetwork(stemmed))) return stemmed;
  planNetwork(spec);
  return spec;
}

function sizesOf(spec: NetworkSpec): { readonly parameters: number; readonly multiplyAdds: number } {
  const { variables, multiplyAdds } = planNetwork(spec);
  return { parameters: parametersOf(variables), multiplyAdds };
}
