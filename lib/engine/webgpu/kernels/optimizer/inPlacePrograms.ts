/**
 * Programs that change variables in place, as many variables a program as the device has storage buffers for. Numbers that change from
 * step to step are uniforms; sizes are constants of the text.
 */
import type { tf } from '../../../tf';
import { type Program, runProgram } from '../program';
import { sizeOf, type WebgpuCall } from '../webgpuKernel';
import { bindings, entry, GROUP, grid, groupsFor, uniforms } from '../wgsl';

/** What happens to each variable; its buffers are called by these names and a number. */
export interface InPlaceUpdate {
  readonly name: string;
  /** Buffers that are changed. */
  readonly changed: readonly string[];
  /** Buffers that are read. */
  readonly read: readonly string[];
  /** One more buffer, which all variables read, by its own name in the body. */
  readonly common?: string;
  /** Vectors of uniforms for all variables; each has one more. */
  readonly shared: number;
  /** WGSL for the value at `i`: `@name` stands for a buffer's value, `own` for the variable's uniforms, `given[k]` for the shared. */
  readonly body: string;
}

/** One variable: tensors in the order of `changed` and `read`, and its own uniforms. */
export interface InPlaceVariable {
  readonly tensors: readonly tf.TensorInfo[];
  readonly own?: readonly number[];
}

/** The least that WebGPU promises. */
const STORAGE_BUFFERS = 8;

function program(update: InPlaceUpdate, sizes: readonly number[], own: boolean): Program {
  const { name, changed, read, common, shared, body } = update;
  const [outputs, inputs] = [changed, read].map((names) => sizes.flatMap((_, k) => names.map((one) => `${one}${k}`))) as [
    string[],
    string[],
  ];
  if (common) inputs.push(common);
  const ends = sizes.map((_, k) => sizes.slice(0, k + 1).reduce((sum, size) => sum + groupsFor(size), 0));
  const total = ends[ends.length - 1] as number;
  const part = (size: number, k: number): string => `if (group < ${ends[k]}u) {
    let i = (group - ${ends[k - 1] ?? 0}u) * ${GROUP}u + local;
    if (i >= ${size}u) { return; }
    ${own ? `let own = given[${shared + k}];` : ''}
    ${body.replace(/@(\w+)/g, `$1${k}[i]`)}
    return;
  }`;
  return {
    key: `${name} ${sizes.join(' ')}`,
    workgroups: grid(total),
    code: () =>
      `${bindings(outputs, inputs)}\n${uniforms(outputs.length + inputs.length, shared + (own ? sizes.length : 0))}\n` +
      entry(total, GROUP, sizes.map(part).join('\n  ')),
  };
}

/** @param shared the uniforms of all variables, four numbers a vector @param common the tensor of `update.common` */
export function changeInPlace(
  call: WebgpuCall,
  update: InPlaceUpdate,
  variables: readonly InPlaceVariable[],
  shared: readonly number[],
  common: readonly tf.TensorInfo[] = [],
): void {
  const buffers = update.changed.length + update.read.length;
  const limit = (call.backend.device as { limits?: { maxStorageBuffersPerShaderStage?: number } }).limits;
  const most = Math.max(1, Math.floor(((limit?.maxStorageBuffersPerShaderStage ?? STORAGE_BUFFERS) - common.length) / buffers));
  for (let from = 0; from < variables.length; from += most) {
    const group = variables.slice(from, from + most);
    const sizes = group.map(({ tensors }) => sizeOf(tensors[0] as tf.TensorInfo));
    const own = group.flatMap(({ own = [] }) => own);
    const changed = update.changed.length;
    for (const { tensors } of group) for (const { dataId } of tensors.slice(0, changed)) call.backend.changed?.(dataId);
    runProgram(call.backend, program(update, sizes, own.length > 0), {
      outputs: group.flatMap(({ tensors }) => tensors.slice(0, changed)),
      inputs: [...group.flatMap(({ tensors }) => tensors.slice(changed)), ...common],
      uniforms: Float32Array.from([...shared, ...own]),
    });
  }
}

/** The variables of a kernel whose inputs are `a0`, `b0`, `a1`, `b1`, …, without those that are empty. */
export function numbered(
  { inputs }: WebgpuCall,
  names: readonly string[],
): { readonly tensors: tf.TensorInfo[]; readonly k: number }[] {
  const count = Math.floor(Object.keys(inputs).length / names.length);
  const all = Array.from({ length: count }, (_, k) => ({
    tensors: names.map((name) => inputs[`${name}${k}`] as tf.TensorInfo),
    k,
  }));
  return all.filter(({ tensors }) => sizeOf(tensors[0] as tf.TensorInfo) > 0);
}
