/** The safetensors files of this library, told apart by the entry `format` of their metadata; others' files have another one, or none. */
import { describe, refusePhrase } from '../util/check';

/** A format: what its files are, for errors, and what to do. */
export interface FileFormat {
  readonly name: string;
  /** `a file of weights`. */
  readonly is: string;
  /** Where a file of this format was given in the place of another. */
  readonly instead: string;
  /** Where something else was given: what to name. */
  readonly hint: string;
}

/** Of `saveWeights`. */
export const NETWORK_FORMAT: FileFormat = {
  name: 'iekd-network',
  is: 'a file of weights',
  instead: 'it is no checkpoint: name the folder of a run',
  hint: 'its tensors have names of their own: train the network here, or name a .safetensors file of a run',
};

/** Of a run that can go on. */
export const CHECKPOINT_FORMAT: FileFormat = {
  name: 'iekd-checkpoint',
  is: 'a checkpoint',
  instead: 'name the weights of its run, which are beside it once it is complete: student-last.safetensors',
  hint: 'remove it, and the run begins anew',
};

const FORMATS: readonly FileFormat[] = [NETWORK_FORMAT, CHECKPOINT_FORMAT];

/** Whether a file's metadata say one of these formats. */
export const isOfLibrary = ({ format }: Readonly<Record<string, string>>): boolean => FORMATS.some(({ name }) => name === format);

/** Refuses the metadata of a file of another format. @throws InputError saying which it is */
export function checkFormat(where: string, metadata: Readonly<Record<string, string>>, wanted: FileFormat): void {
  const { format } = metadata;
  if (format === wanted.name) return;
  const other = FORMATS.find(({ name }) => name === format);
  const of = format === undefined ? 'it says no format' : `format ${describe(format)}`;
  const received = other ? other.is : `safetensors of another program (${of})`;
  throw refusePhrase(where, `${wanted.is} of iekd`, received, other ? other.instead : wanted.hint);
}
