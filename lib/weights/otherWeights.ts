/** Weights of other programs as a network's of this library: its names and layouts, its description where the tensors say which it is. */
import type { TensorData } from '../engine/variables';
import { planNetwork } from '../models';
import type { NetworkSpec } from '../models/types';
import { refusePhrase, sameShape } from '../util/check';
import { count } from '../util/text';
import { asFloat32, dtypeText, type StoredTensor, type TensorValues } from './dtypes';
import { placedTensors } from './layersModel/layersWeights';
import { networkTensors, ourShape, shapesOf } from './naming/networkShapes';
import { recogniseFile } from './naming/recogniseNetwork';
import { insteadOf, NAMINGS } from './naming/recogniseTensors';
import type { TensorFile } from './readTensors';
import { fromTorch } from './torchState';

/** Tensors of another program with a network's names, and which network it is. */
export interface OtherWeights {
  readonly spec: NetworkSpec;
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** What must be known of how it was read, in a sentence. */
  readonly remark?: string;
}

const NAMED = 'say which network it is: --model resnet56 --model-set shortcut=A';
const WHOLE = 'its layers are not in the file: in Python, model.save("model.keras") writes them';
const NAME_IT = { pytorch: NAMED, safetensors: NAMED, tfjs: WHOLE, keras: WHOLE } as const;

/**
 * @param spec the network, where it is known @param where the file's name, for errors
 * @throws InputError where nobody says which network it is, and for values that are not finite
 */
export function otherWeights(file: TensorFile, where: string, spec?: NetworkSpec): OtherWeights {
  const { spec: known, remark } = spec ? { spec, remark: undefined } : (recogniseFile(file, where) ?? {});
  if (!known) {
    const names = Object.keys(file.tensors);
    const received = `${count(names.length)} tensors, as ${names.slice(0, 2).join(', ')}`;
    throw refusePhrase(
      where,
      'weights of a network that is known by its tensors',
      received,
      insteadOf(file.tensors) ?? NAME_IT[file.kind],
    );
  }
  const tensors = namedFor(file, known, where);
  return { spec: planNetwork(known).spec, tensors, ...(remark === undefined ? {} : { remark }) };
}

/** The tensors with the names and in the layouts of that network; what it does not have keeps its name. @throws InputError as `otherWeights` */
export function namedFor(file: TensorFile, spec: NetworkSpec, where: string): Record<string, TensorData> {
  return file.kind === 'tfjs' || file.kind === 'keras' ? ofLayers(file, spec, where) : ofTorch(file, spec, where);
}

function ofLayers(file: TensorFile, spec: NetworkSpec, where: string): Record<string, TensorData> {
  const placed = placedTensors(file, spec, where).map(({ from, name, shape }): [string, TensorData] => {
    const { data } = file.tensors[from] as StoredTensor;
    return [name, { shape, data: finiteValues(`${where}: ${from}`, data) }];
  });
  return Object.fromEntries(placed);
}

function ofTorch({ tensors }: TensorFile, spec: NetworkSpec, where: string): Record<string, TensorData> {
  const shapes = shapesOf(tensors);
  const wanted = new Map(planNetwork(spec).variables.map(({ name, shape }) => [name, shape]));
  const fitting = NAMINGS.map((naming) => (name: string) => naming.rename(name, shapes));
  const score = (rename: (name: string) => string): number =>
    Object.entries(shapes).filter(([name, shape]) => sameShape(wanted.get(rename(name)) ?? [-1], ourShape(shape))).length;
  const scores = fitting.map(score);
  const rename = fitting[scores.indexOf(Math.max(...scores))] as (name: string) => string;
  const state: Record<string, TensorData> = {};
  for (const [name, { shape, data }] of Object.entries(networkTensors(tensors))) {
    // Vectors, matrices and filters; whatever else is there is nothing that a network here has.
    if (![1, 2, 4].includes(shape.length)) continue;
    state[rename(name)] = { shape, data: finiteValues(`${where}: ${name}`, data) };
  }
  return fromTorch(state);
}

/** @throws InputError naming the tensor, for whole numbers and for values that are not finite */
export function finiteValues(where: string, data: TensorValues): Float32Array {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw refusePhrase(where, 'float32 values', dtypeText(data));
  }
  const values = asFloat32(data);
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange < 0) return values;
  const hint = 'its training diverged, or the file is damaged';
  throw refusePhrase(where, 'finite values', `${values[strange]} at position ${strange}`, hint);
}
