/**
 * What the networks of a run see and start from, as digests in its checkpoint: who goes on must have the same. It stands beside the
 * description, which names the run in logs and records.
 */
import { resolve } from 'node:path';
import { isInMemory } from '../../data/images/imageSource';
import { hasObjects, objectsHash } from '../../data/images/objectSource';
import type { Dataset, Images, Normalisation } from '../../data/types';
import { currentPrecision } from '../../engine/start';
import type { Precision } from '../../engine/types';
import type { Variables } from '../../engine/variables';
import type { Network } from '../../models/types';
import { canonicalJson, sha256 } from '../../util/hash';
import { roleOf } from '../../util/networkRoles';
import { checkSame, isObject } from './checkSame';
import { variablesHash } from './runDescription';

/** A part of a data set, by its contents. */
export interface PartDigest {
  readonly count: number;
  /** [height, width, channels] */
  readonly image: readonly number[];
  /** Of the class numbers, whatever array they are in. */
  readonly labels: string;
  /** Of the bytes; absent where they are read when they are needed. */
  readonly pixels?: string;
  /** Of the objects on the images, where they have any. */
  readonly objects?: string;
}

/** Everything that decides what a run computes and that its description does not say. JSON-ready. */
export interface SeenInputs {
  readonly normalisation: Normalisation;
  /** In their order. */
  readonly classNames: readonly string[];
  readonly parts: Readonly<Record<'train' | 'validation' | 'test', PartDigest>>;
  readonly precision: Precision;
  /** Of the networks that are trained, by role. */
  readonly initialWeights: Readonly<Record<string, string>>;
}

/** Digests have so many hexadecimal digits. */
const DIGITS = 16;

/**
 * What a run in `folder` begins with.
 * @param networks those that are trained: the student, then its peers; not trained yet
 */
export function seenInputs(data: Dataset, networks: readonly Network[], folder: string): SeenInputs {
  const { mean, std, classNames, train, validation, test } = data;
  return {
    normalisation: { mean, std },
    classNames,
    parts: { train: partDigest(train), validation: partDigest(validation), test: partDigest(test) },
    precision: currentPrecision(),
    initialWeights: Object.fromEntries(networks.map((network, i) => [roleOf(i), initialWeights(network.variables, folder)])),
  };
}

/** Refuses to go on with other inputs, naming the first that differs; a checkpoint of before they were noted has none to compare. */
export function checkSameInputs(where: string, stored: unknown, current: SeenInputs): void {
  if (stored === undefined) return;
  const { initialWeights: weightsBefore, ...before } = isObject(stored) ? stored : {};
  const { initialWeights: weights, ...now } = JSON.parse(canonicalJson(current)) as SeenInputs;
  checkSame(where, before, now, 'the checkpoint was made with the former: set it back, or train in another folder');
  const hint = 'the run began with the former: build or load that network as then, or train in another folder';
  checkSame(`${where}: initialWeights`, weightsBefore, weights, hint);
}

/** What training sees of a data set. JSON-ready. */
export function seenTraining({ mean, std, augmentation, fingerprint, train }: Dataset): object {
  return { normalisation: { mean, std }, augmentation, fingerprint, train: partDigest(train) };
}

function partDigest(part: Images): PartDigest {
  const { count, height, width, channels, labels } = part;
  const bytes = new Uint8Array(Int32Array.from(labels).buffer);
  return {
    count,
    image: [height, width, channels],
    labels: sha256(bytes).slice(0, DIGITS),
    ...(isInMemory(part) ? { pixels: pixelsDigest(part.images) } : {}),
    ...(hasObjects(part) ? { objects: objectsHash(part.objects).slice(0, DIGITS) } : {}),
  };
}

const digests = new WeakMap<Uint8Array, string>();

/** Once for an array: many runs of a process share one. */
function pixelsDigest(images: Uint8Array): string {
  const digest = digests.get(images) ?? sha256(images).slice(0, DIGITS);
  digests.set(images, digest);
  return digest;
}

const began = new WeakMap<Variables, Map<string, string>>();

/** A network that this process has begun to train in the folder is taken as it was then: a notebook's cell may be run again. */
function initialWeights(variables: Variables, folder: string): string {
  const byFolder = began.get(variables) ?? new Map<string, string>();
  began.set(variables, byFolder);
  const key = resolve(folder);
  const digest = byFolder.get(key) ?? variablesHash(variables).slice(0, DIGITS);
  byFolder.set(key, digest);
  return digest;
}
