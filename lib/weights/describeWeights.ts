/** What a file of weights is: who wrote it, its tensors, the network that it has, and what of that fits another one. */
import type { TensorData } from '../engine/variables';
import { planNetwork } from '../models';
import { inputNormalisation } from '../models/inputNormalisation';
import type { InputNormalisation, NetworkSpec } from '../models/types';
import { InputError, isObject, unlessRefused } from '../util/check';
import { parseJson } from '../util/json';
import { dtypeNamed, dtypeOf, type StoredTensor } from './dtypes';
import { isOfLibrary } from './fileFormats';
import { compareWeights, type LoadReport } from './loadReport';
import { recogniseFile } from './naming/recogniseNetwork';
import type { RecognisedNetwork } from './naming/recogniseTensors';
import { namedFor } from './otherWeights';
import { type TensorFile, tensorFileAt } from './readTensors';

/** A tensor in a file. */
export interface DescribedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** As safetensors calls it: `F32`. */
  readonly dtype: string;
  /** In the file, before any compression. */
  readonly bytes: number;
}

/** Of a file. */
export interface WeightsDescription {
  readonly format: string;
  readonly sha256: string;
  readonly tensors: readonly DescribedTensor[];
  /** Absent: none that is known. */
  readonly network?: RecognisedNetwork;
  /** Why the layers that it has make none. */
  readonly refusal?: string;
  readonly classNames?: readonly string[];
  /** What its images are to be normalised by, where the file says it. */
  readonly normalisation?: InputNormalisation;
  readonly notes: Readonly<Record<string, string>>;
  /** With the network that was asked for. */
  readonly comparison?: LoadReport;
}

const FORMATS: Readonly<Record<TensorFile['kind'], string>> = {
  pytorch: 'PyTorch',
  safetensors: 'safetensors',
  tfjs: 'a layers model of TensorFlow.js',
  keras: 'Keras (HDF5)',
};

/** Notes that stand elsewhere in a description. */
const TOLD = ['network', 'normalisation', 'classes', 'priors', 'format'];

/** @param other a network to compare with @throws InputError as `readTensors`, and for a description that `planNetwork` refuses */
export function describeWeights(path: string, other?: NetworkSpec): WeightsDescription {
  const file = tensorFileAt(path);
  const ours = isOfLibrary(file.notes);
  const { network, refusal } = ours ? { network: ownNetwork(file), refusal: undefined } : otherNetwork(file, path);
  const classNames = noted(file, 'classes');
  const normalisation = network?.spec.normalisation ?? notedNormalisation(file);
  return {
    format: ours ? 'safetensors of iekd' : FORMATS[file.kind],
    sha256: file.sha256,
    tensors: Object.entries(file.tensors).map(described),
    ...(network ? { network } : {}),
    ...(refusal === undefined ? {} : { refusal }),
    ...(Array.isArray(classNames) ? { classNames: classNames.map(String) } : {}),
    ...(normalisation ? { normalisation } : {}),
    notes: Object.fromEntries(Object.entries(file.notes).filter(([name]) => !TOLD.includes(name))),
    ...(other ? { comparison: comparison(file, other, path) } : {}),
  };
}

function described([name, tensor]: [string, StoredTensor]): DescribedTensor {
  const { shape, data, dtype = dtypeOf(name, data) } = tensor;
  return { name, shape, dtype, bytes: data.length * dtypeNamed(name, dtype).bytes };
}

function comparison(file: TensorFile, other: NetworkSpec, path: string): LoadReport {
  const own = Object.fromEntries(planNetwork(other).variables.map(({ name, shape }) => [name, { shape }]));
  const given: Readonly<Record<string, Pick<TensorData, 'shape'>>> = isOfLibrary(file.notes)
    ? file.tensors
    : namedFor(file, other, path);
  return compareWeights(own, given);
}

function ownNetwork(file: TensorFile): RecognisedNetwork | undefined {
  const spec = noted(file, 'network');
  return isObject(spec) ? { spec: spec as unknown as NetworkSpec, naming: 'iekd' } : undefined;
}

function otherNetwork(
  file: TensorFile,
  path: string,
): { readonly network: RecognisedNetwork | undefined; readonly refusal: string | undefined } {
  try {
    return { network: recogniseFile(file, path), refusal: undefined };
  } catch (error) {
    if (error instanceof InputError) return { network: undefined, refusal: error.message };
    throw error;
  }
}

function notedNormalisation(file: TensorFile): InputNormalisation | undefined {
  return unlessRefused(() =>
    inputNormalisation('normalisation', noted(file, 'normalisation') as InputNormalisation | undefined, 3),
  );
}

/** What is noted as JSON. */
const noted = ({ notes }: TensorFile, name: string): unknown =>
  unlessRefused(() => (notes[name] === undefined ? undefined : parseJson(notes[name], name)));
