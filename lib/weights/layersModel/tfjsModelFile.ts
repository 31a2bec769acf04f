/**
 * A layers model of TensorFlow.js as a file of weights: `model.json` and the files that it names, which lie in its folder or below. What its
 * layers are stays as it stands there, to be checked when a network is made of it (models/layersModel/topology.ts).
 */
import { isObject, refusePhrase } from '../../util/check';
import { sha256 } from '../../util/hash';
import { parseJson } from '../../util/json';
import { counted } from '../../util/text';
import type { LayersFile } from './layersFile';
import { groupTensors, type WeightGroup, weightGroups } from './weightsManifest';

/** Reads a file that lies beside the one that names it. @param most bytes, refused before they are read */
export type ReadBeside = (name: string, most: number) => Uint8Array;

/** JSON of a topology: that of a thousand layers has 1 MB. */
const LONGEST = 16 * 2 ** 20;

const CONVERT =
  'convert the model itself: tensorflowjs_converter --output_format tfjs_layers_model; or name its .keras or .h5 file';

/** @param where the file's name, for errors @returns undefined for JSON that is no model @throws InputError for what is damaged, or leaves its folder */
export function tfjsModelFile(bytes: Uint8Array, where: string, beside: ReadBeside): LayersFile | undefined {
  if (bytes.length > LONGEST) throw refusePhrase(where, `JSON of at most ${LONGEST} bytes`, String(bytes.length));
  const model = parseJson(new TextDecoder().decode(bytes), where);
  if (!isObject(model) || !('weightsManifest' in model || 'modelTopology' in model)) return undefined;
  const { modelTopology: topology, weightsManifest, userDefinedMetadata } = model;
  if (model['format'] === 'graph-model' || (isObject(topology) && 'node' in topology)) {
    throw refusePhrase(where, 'a layers model of TensorFlow.js', 'a graph model, which has no layers any more', CONVERT);
  }
  if (weightsManifest === undefined) {
    throw refusePhrase(where, 'a layers model with its weights', 'a topology without weightsManifest', '--model takes it');
  }
  const groups = weightGroups(`${where}: weightsManifest`, weightsManifest);
  const read = groups.map((group) => groupBytes(where, group, beside));
  const notes = { ...textsIn(userDefinedMetadata), ...textsIn(model) };
  return {
    tensors: Object.assign({}, ...groups.map((group, i) => groupTensors(group, read[i] as Uint8Array))),
    notes,
    sha256: sha256(bytes, ...read),
    ...(topology === undefined ? {} : { topology }),
  };
}

function groupBytes(where: string, { paths, bytes: wanted }: WeightGroup, beside: ReadBeside): Uint8Array {
  let left = wanted;
  const files = paths.map((path) => {
    const bytes = beside(path, left);
    left -= bytes.length;
    return bytes;
  });
  if (left > 0) {
    throw refusePhrase(
      where,
      `${counted(wanted, 'byte')} of weights in ${paths.join(', ') || 'no file'}`,
      String(wanted - left),
      CUT,
    );
  }
  // A copy, so that values lie where the processor wants them.
  return files.length === 1 ? Uint8Array.from(files[0] as Uint8Array) : Buffer.concat(files);
}

const CUT = 'a file was cut short, or is of another model: use a copy';

/** Entries that are text. */
function textsIn(value: unknown): Record<string, string> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && !(entry[0] in Object.prototype)),
  );
}
