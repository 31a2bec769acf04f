/**
 * Which network a file has: what it notes itself, as exports of this library do; else its own layers, of a model of TensorFlow.js or Keras;
 * else what its tensors say. What a file notes counts only where its tensors are those of that network, all of them.
 */
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { hinted, isObject, refuse, sameShape, unlessRefused } from '../../util/check';
import { parseJson } from '../../util/json';
import { placedTensors } from '../layersModel/layersWeights';
import type { TensorFile } from '../readTensors';
import { type RecognisedNetwork, recogniseTensors, type ShapedTensors, withNaming } from './recogniseTensors';

/**
 * The network that a file has, or whose variables are these tensors, all of them and with all their shapes; undefined where there is none.
 * @param from what `readTensors` returns, or tensors by name in PyTorch's layouts @throws InputError for what is neither, and for layers
 *   that are refused, naming the layer
 * @example
 * ```ts
 * import { readTensors, recogniseNetwork } from 'iekd';
 *
 * const file = readTensors('resnet56.th');
 * console.log(recogniseNetwork(file)?.spec); // { name: 'resnet56', classes: 10, shortcut: 'A', normalisation: … }
 * ```
 */
export function recogniseNetwork(
  from: TensorFile | Readonly<Record<string, { readonly shape: readonly number[] }>>,
): RecognisedNetwork | undefined {
  const file = isFile(from) ? from : undefined;
  const tensors: unknown = file ? file.tensors : from;
  const isState = isObject(tensors) && Object.values(tensors).every((one) => isObject(one) && Array.isArray(one['shape']));
  if (!isState) throw refuse('recogniseNetwork', 'tensors by name, each with its shape', from);
  return file ? recogniseFile(file, 'recogniseNetwork') : recogniseTensors(tensors as ShapedTensors);
}

const isFile = (from: TensorFile | ShapedTensors): from is TensorFile => isObject(from) && typeof from['kind'] === 'string';

/** @param where the file's name, for errors @throws InputError for layers that are refused, naming the layer */
export function recogniseFile(file: TensorFile, where: string): RecognisedNetwork | undefined {
  const noted = notedNetwork(file.notes['network']);
  const naming = noted ? namingOf(file, noted, where) : undefined;
  if (noted && naming !== undefined) return { spec: noted, naming };
  if (file.topology === undefined)
    return file.kind === 'keras' || file.kind === 'tfjs' ? undefined : recogniseTensors(file.tensors);
  const own = noted?.normalisation === undefined ? {} : { normalisation: noted.normalisation };
  const plan = () => planNetwork({ name: 'layersModel', topology: file.topology, ...own }).spec;
  const spec = noted ? hinted('export it again without --fold', plan) : plan();
  const remark = `it was exported from ${noted?.name} with batch norms folded, and comes back as the layers that the file has`;
  return { spec, naming: 'its own layers', ...(noted ? { remark } : {}) };
}

/** What is noted under `network`: of this library's exports a description; undefined for anything else. */
function notedNetwork(text: string | undefined): NetworkSpec | undefined {
  if (text === undefined || !text.startsWith('{')) return undefined;
  return unlessRefused(() => {
    const value = parseJson(text, 'network');
    return isObject(value) && typeof value['name'] === 'string' ? planNetwork(value as unknown as NetworkSpec).spec : undefined;
  });
}

/** Whose names the tensors of that network have; undefined where the file has others. */
function namingOf(file: TensorFile, spec: NetworkSpec, where: string): string | undefined {
  if (file.kind === 'pytorch' || file.kind === 'safetensors') return withNaming(file.tensors, spec)?.name;
  const { variables } = planNetwork(spec);
  const found = unlessRefused(() => new Map(placedTensors(file, spec, where).map(({ name, shape }) => [name, shape])));
  const fits =
    found?.size === variables.length && variables.every(({ name, shape }) => sameShape(found.get(name) ?? [-1], shape));
  return fits ? 'iekd' : undefined;
}
