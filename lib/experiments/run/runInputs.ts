/** What a configuration stands for on this machine: the images, the networks; and the hashes that say they are still the same. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dataset } from '../../data/types';
import { buildNetwork, planNetwork } from '../../models';
import type { Network, NetworkSpec } from '../../models/types';
import { taskNamed } from '../../tasks';
import { checkSame } from '../../training/checkpoint/checkSame';
import { writeAtomic } from '../../util/files';
import { configHash } from '../../util/hash';
import { random } from '../../util/rng';
import { roleOf } from '../../util/roles';
import { readWeights } from '../../weights/networkFile';
import { listOf, type RunConfig, readJson, teacherEntry } from './config';
import { type DataOptions, type InputSource, OWN_INPUTS } from './inputSource';

/** Hashes of what a run read, kept in `inputs.json`. */
export interface InputHashes {
  /** `Dataset.fingerprint` */
  readonly dataset: string;
  /** SHA-256 of the teacher's file, or of each. */
  readonly teacher?: string | readonly string[];
}

/** Everything built from a configuration; the networks are the holder's to dispose of. */
export interface RunInputs {
  readonly data: Dataset;
  readonly student: Network;
  readonly peers: readonly Network[];
  readonly teachers: readonly Network[];
  readonly hashes: InputHashes;
}

/** How data sets are found, and whether the run shares them and its teachers; default they are its own. */
export interface InputOptions extends DataOptions {
  readonly source?: InputSource | undefined;
}

const INPUTS_FILE = 'inputs.json';

/** The configuration with absolute paths: it then means the same from any working directory. */
export function absolutePaths(config: RunConfig): RunConfig {
  const { dataset, teacher } = config;
  return {
    ...config,
    dataset: dataset.folder === undefined ? dataset : { ...dataset, folder: resolve(dataset.folder) },
    ...teacherEntry(listOf(teacher).map((one) => ({ ...one, weights: resolve(one.weights) }))),
  };
}

/** The configuration without the places of its files: what must be the same for a run to go on. */
export function withoutPlaces({ dataset: { folder: _, ...dataset }, teacher, ...rest }: RunConfig): Omit<RunConfig, 'teacher'> {
  return { ...rest, dataset, ...teacherEntry(listOf(teacher).map(({ network }) => ({ network }))) };
}

/**
 * Names a configuration whatever its seed: 12 hexadecimal digits. Contents count, not places: the folder of the data is left
 * out, the teacher's file enters by its SHA-256.
 */
export function runHash(config: RunConfig): string {
  const { seed: _, ...rest } = withoutPlaces(config);
  const [weights, ...more] = listOf(config.teacher).map((teacher) => readWeights(teacher.weights).sha256);
  return configHash({ ...rest, weights: more.length > 0 ? [weights, ...more] : weights });
}

/**
 * Loads the data, then builds the student and its peers from the seed, each by its role, and teachers from their files. Where one
 * of them is refused, none is left.
 */
export async function buildInputs(config: RunConfig, { source = OWN_INPUTS, ...how }: InputOptions): Promise<RunInputs> {
  const data = await source.dataset(config.dataset, how);
  const built: Network[] = [];
  const keep = (network: Network): Network => {
    built.push(network);
    return network;
  };
  try {
    const files = listOf(config.teacher);
    const teachers = files.map(({ network, weights }) =>
      keep(source.teacher(weights, planNetwork(specFor(network, config, data)).spec)),
    );
    const [student, ...peers] = [config.student, ...(config.peers ?? [])].map((spec, i) =>
      keep(buildNetwork(specFor(spec, config, data), random(config.seed ?? 0).child(roleOf(i)))),
    ) as [Network, ...Network[]];
    const hashes = files.map(({ weights }) => readWeights(weights).sha256);
    return { data, student, peers, teachers, hashes: { dataset: data.fingerprint, ...hashEntry(hashes) } };
  } catch (error) {
    for (const network of built) network.dispose();
    throw error;
  }
}

function hashEntry([first, ...more]: readonly string[]): Pick<InputHashes, 'teacher'> {
  return first === undefined ? {} : { teacher: more.length > 0 ? [first, ...more] : first };
}

/** Notes the hashes in a folder, or refuses inputs that are not those noted there. */
export function checkInputs(folder: string, hashes: InputHashes): void {
  const path = join(folder, INPUTS_FILE);
  if (existsSync(path)) checkSame(path, readJson(path), hashes, 'the run began with the former');
  else writeAtomic(path, `${JSON.stringify(hashes, null, 2)}\n`);
}

/** The network with what the task needs and the data's images have, where its description does not say. */
function specFor(spec: NetworkSpec, { task }: RunConfig, data: Dataset): NetworkSpec {
  const { height, width, channels } = data.train;
  return { ...taskNamed(task).head(data), input: [height, width, channels], ...spec };
}
