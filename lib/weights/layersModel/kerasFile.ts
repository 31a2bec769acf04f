/**
 * Models of Keras as files of weights: `.keras` (Keras 3: a zip of `config.json`, `metadata.json` and `model.weights.h5`), `.h5` of whole
 * models (an attribute `model_config`, and groups by layer), and files of weights alone. What runs code there, Lambda above all, is refused
 * with the topology.
 */
import { isObject, refusePhrase } from '../../util/check';
import { sha256 } from '../../util/hash';
import { parseJson } from '../../util/json';
import type { StoredTensor, TensorValues } from '../dtypes';
import type { Hdf5Contents } from '../hdf5/hdf5Contents';
import { type Hdf5Reader, hdf5Reader } from '../hdf5/hdf5File';
import type { ZipArchive } from '../zip/zipArchive';
import type { LayersFile } from './layersFile';

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';
/** Texts: a topology of a thousand layers has 1 MB. */
const LONGEST = 16 * 2 ** 20;
const SIGNATURE = '\x89HDF\r\n\x1a\n';

const sharedReader = hdf5Reader();

export const isHdf5 = (bytes: Uint8Array): boolean => Buffer.from(bytes.subarray(0, 8)).toString('latin1') === SIGNATURE;

/** Whether its list of files, at the end, has both of Keras's. @param end of an archive, as text */
export const listsKeras = (end: string): boolean => end.includes(CONFIG) && end.includes(WEIGHTS);

/** A `.keras`. @param where the file's name, for errors @throws InputError for what is damaged or hostile */
export function kerasArchive(archive: ZipArchive, bytes: Uint8Array, where: string, read: Hdf5Reader = sharedReader): LayersFile {
  const [config, weights] = [CONFIG, WEIGHTS].map((name) => archive.get(name));
  if (!config || !weights)
    throw refusePhrase(where, `an archive with ${CONFIG} and ${WEIGHTS}`, [...archive.keys()].slice(0, 8).join(', '));
  const topology = json(config.read(), `${where}: ${CONFIG}`);
  const metadata = archive.get('metadata.json');
  const { keras_version: version } = metadata ? jsonObject(metadata.read(), `${where}: metadata.json`) : {};
  const notes: Record<string, string> = typeof version === 'string' ? { keras_version: version } : {};
  return { ...weightsIn(read(weights.read(), `${where}: ${WEIGHTS}`)), notes, topology, sha256: sha256(bytes) };
}

/** A `.h5`. @throws InputError as `kerasArchive` */
export function kerasHdf5(bytes: Uint8Array, where: string, read: Hdf5Reader = sharedReader): LayersFile {
  const contents = read(bytes, where);
  const { '@model_config': config, '@keras_version': version } = contents.attributes;
  const notes: Record<string, string> = typeof version === 'string' ? { keras_version: version } : {};
  const topology = typeof config === 'string' ? { topology: json(Buffer.from(config), `${where}: model_config`) } : {};
  return { ...weightsIn(contents), notes, ...topology, sha256: sha256(bytes) };
}

function json(bytes: Uint8Array, where: string): unknown {
  if (bytes.length > LONGEST) throw refusePhrase(where, `JSON of at most ${LONGEST} bytes`, String(bytes.length));
  return parseJson(new TextDecoder().decode(bytes), where);
}

function jsonObject(bytes: Uint8Array, where: string): Readonly<Record<string, unknown>> {
  const value = json(bytes, where);
  return isObject(value) ? value : {};
}

/** Values by `layer/weight`, whichever way they are laid out. */
function weightsIn(contents: Hdf5Contents): Pick<LayersFile, 'tensors'> {
  const tensors: Record<string, StoredTensor> = {};
  for (const [path, { shape, data }] of Object.entries(contents.datasets)) {
    const name = nameOf(path, contents.attributes);
    if (name !== undefined && !(name in Object.prototype)) tensors[name] = { shape, data: data as TensorValues };
  }
  return { tensors };
}

/** Keras 3 numbers the weights of a layer, whose name its group says; Keras 2 names them: `model_weights/conv1/conv1/kernel:0`. */
function nameOf(path: string, attributes: Hdf5Contents['attributes']): string | undefined {
  const [, group, number] = /^(.*\/vars)\/(\d+)$/.exec(path) ?? [];
  if (group !== undefined) {
    const name = attributes[`${group}@name`];
    return `${typeof name === 'string' ? name : group.split('/').at(-2)}/${number}`;
  }
  // What an optimiser keeps is none of the model's.
  if (path.startsWith('optimizer_weights/')) return undefined;
  const [layer, ...rest] = path.replace(/^model_weights\//, '').split('/');
  return `${layer}/${rest.at(-1)?.replace(/:\d+$/, '') ?? ''}`;
}
