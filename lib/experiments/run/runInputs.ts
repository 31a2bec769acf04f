/** What a configuration stands for on this machine: the images, the networks; and the hashes that say they are still the same. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../data/types';
import { buildMethod } from '../../methods';
import { buildNetwork, onImages, planNetwork } from '../../models';
import type { Network, NetworkSpec } from '../../models/types';
import { taskNamed } from '../../tasks';
import { checkSame } from '../../training/checkpoint/checkSame';
import { writeAtomic } from '../../util/files';
import { readJson } from '../../util/json';
import { roleOf } from '../../util/networkRoles';
import { random } from '../../util/rng';
import type { RunConfig, TeacherConfig } from './config';
import { type DataOptions, type InputSource, OWN_INPUTS } from './inputSource';
import { oneOrAll, type ParsedRun } from './parsedRun';
import { readStartingWeights } from './startingWeights';

/** Hashes of what a run read, kept in `inputs.json`. */
export interface InputHashes {
  /** `Dataset.fingerprint` */
  readonly dataset: string;
  /** SHA-256 of the contents of the teacher's file, or of each. */
  readonly teacher?: string | readonly string[];
  /** Of the weights that the student begins with, where it does. */
  readonly from?: string;
}

/** Everything built from a configuration; the networks are the holder's to dispose of. */
export interface RunInputs {
  readonly data: Dataset;
  readonly student: Network;
  readonly peers: readonly Network[];
  readonly teachers: readonly Network[];
  readonly hashes: InputHashes;
  /** Names of variables of a student that begins with weights which do not have them: they are drawn. */
  readonly drawn: readonly string[];
}

/** How data sets are found, and whether the run shares them and its teachers; default they are its own. */
export interface InputOptions extends DataOptions {
  readonly source?: InputSource | undefined;
}

const INPUTS_FILE = 'inputs.json';

/**
 * Loads the data, then builds the student and its peers from the seed, each by its role, and teachers from their files. Where one
 * of them is refused, none is left.
 */
export async function buildInputs(
  { config, inputs }: ParsedRun,
  { source = OWN_INPUTS, ...how }: InputOptions,
): Promise<RunInputs> {
  const data = await source.dataset(inputs.dataset, how);
  const built: Network[] = [];
  let drawn: readonly string[] = [];
  const keep = (network: Network): Network => {
    built.push(network);
    return network;
  };
  try {
    const method = buildMethod(config.method);
    const teachers = inputs.teachers.map((one) => keep(teacherOn(data, one, config, source)));
    const [student, ...peers] = [config.student, ...(config.peers ?? [])].map((spec, i) => {
      const named = specFor(spec, config, data);
      const whole = i === 0 ? (method.student?.(named, teachers) ?? named) : named;
      const begun = i === 0 ? inputs.from : undefined;
      const own = random(config.seed ?? 0).child(roleOf(i));
      if (!begun) return keep(buildNetwork(whole, own));
      const beginning = readStartingWeights(begun.weights).network(whole, own);
      drawn = beginning.drawn;
      return keep(beginning.network);
    }) as [Network, ...Network[]];
    const teacher = oneOrAll(inputs.teachers.map(({ sha256 }) => sha256));
    const from = inputs.from ? { from: inputs.from.sha256 } : {};
    const hashes = { dataset: data.fingerprint, ...(teacher === undefined ? {} : { teacher }), ...from };
    return { data, student, peers, teachers, hashes, drawn };
  } catch (error) {
    for (const network of built) network.dispose();
    throw error;
  }
}

/** The network of a teacher's file, on the images of the data; whoever asked for it disposes of it. @throws InputError where they do not fit */
export function teacherOn(
  data: Dataset,
  { network, weights }: TeacherConfig,
  run: Pick<RunConfig, 'task'>,
  source: InputSource = OWN_INPUTS,
): Network {
  const { height, width, channels } = data.train;
  const teacher = source.teacher(weights, planNetwork(specFor(network, run, data)).spec);
  try {
    return onImages('config: teacher', teacher, [height, width, channels]);
  } catch (error) {
    teacher.dispose();
    throw error;
  }
}

/** Notes the hashes in a folder, or refuses inputs that are not those noted there. */
export function checkInputs(folder: string, hashes: InputHashes): void {
  const path = join(folder, INPUTS_FILE);
  if (existsSync(path)) checkSame(path, readJson(path), hashes, 'the run began with the former');
  else writeAtomic(path, `${JSON.stringify(hashes, null, 2)}\n`);
}

/** The network with what the task needs and the data's images have, where its description does not say. */
function specFor(spec: NetworkSpec, { task }: Pick<RunConfig, 'task'>, data: Dataset): NetworkSpec {
  const { height, width, channels } = data.train;
  return { ...taskNamed(task).head(data), input: [height, width, channels], ...spec };
}
