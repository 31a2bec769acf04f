/**
 * Runs WGSL programs of our own on tfjs's WebGPU backend, in its queue between its own programs. Unlike `runWebGPUProgram` a program
 * may have several results, write into a tensor in place, and know its shapes as constants, which a driver's compiler divides by
 * and unrolls. Nothing here needs Node: pages run it too.
 */
import type { tf } from '../../tf';

/** A program, as data; the pipeline is made once a backend. */
export interface Program {
  /** Stands for the text, and is the name that `tf.time` shows: programs of one key have one text. */
  readonly key: string;
  /**
   * WGSL with the entry point `main`. Its bindings, all in group 0 and all used, are the outputs (`read_write`), then the inputs, then
   * the uniforms, if any.
   */
  readonly code: () => string;
  readonly workgroups: Workgroups;
}

/** Numbers of workgroups in x, y and z, each from 1 to 65,535. */
export type Workgroups = readonly [x: number, y: number, z: number];

/** What a program reads and writes; none is empty. WebGPU refuses a tensor that is both an input and an output. */
export interface ProgramTensors {
  /** Of `makeTensorInfo`, whose values are undefined before; or a tensor that is changed in place. */
  readonly outputs: readonly tf.TensorInfo[];
  readonly inputs: readonly tf.TensorInfo[];
  /** Numbers that change from call to call, such as a learning rate: `var<uniform> name: array<vec4<f32>, n>` or a struct. */
  readonly uniforms?: Float32Array | Int32Array;
}

interface Pass {
  setPipeline(pipeline: object): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
}

interface Pipeline {
  getBindGroupLayout(index: number): object;
}

interface Buffer {
  readonly size: number;
}

/** What programs need of a device. */
interface ProgramDevice {
  createShaderModule(descriptor: { readonly code: string; readonly label: string }): object;
  createComputePipeline(descriptor: object): Pipeline;
  createBindGroup(descriptor: object): object;
  createQuerySet(descriptor: object): object;
}

/** What programs need of tfjs's backend: its memory and its queue. */
export interface ProgramBackend extends tf.KernelBackend {
  readonly device: ProgramDevice;
  readonly queue: { writeBuffer(buffer: Buffer, offset: number, values: Float32Array | Int32Array): void };
  readonly bufferManager: { acquireBuffer(size: number, usage: number): Buffer };
  readonly tensorMap: { get(id: object): { resource?: unknown } };
  readonly commandEncoder: { beginComputePass(descriptor: object): Pass };
  readonly commandQueueOwnedIds: { add(id: object): void };
  readonly uniformPendingDisposal: Buffer[];
  readonly supportTimestampQuery: boolean;
  readonly querySetCount: number;
  /** While `tf.time` runs. */
  readonly activeTimers: { push(timer: { name: string; query: Promise<number> }): void } | null | undefined;
  querySet: object | null;
  computePassEncoder: Pass | null;
  dispatchCountInPass: number;
  uploadToGPU(id: object): void;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: Float32Array): tf.TensorInfo;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  getQueryTime(): Promise<number>;
  /** Called before a program changes a tensor in place, while it is recorded (capture). */
  changed?(id: object): void;
  /** Called before each program; our backend for Node limits them. */
  countProgram?(): void;
}

/** WebGPU's own numbers. */
const COPY_DST = 0x8;
const UNIFORM = 0x40;

/** Programs that wait in the queue before it is submitted, as tfjs has it. */
const QUEUE = 15;

/** A pipeline with its layout, which is another object at every call. */
interface Compiled {
  readonly pipeline: Pipeline;
  readonly layout: object;
}

const compiled = new WeakMap<object, Map<string, Compiled>>();

function compile(backend: ProgramBackend, { key, code }: Program): Compiled {
  const pipelines = compiled.get(backend) ?? new Map<string, Compiled>();
  compiled.set(backend, pipelines);
  const known = pipelines.get(key);
  if (known) return known;
  const { device } = backend;
  const module = device.createShaderModule({ code: code(), label: key });
  const pipeline = device.createComputePipeline({ compute: { module, entryPoint: 'main' }, label: key, layout: 'auto' });
  const made = { pipeline, layout: pipeline.getBindGroupLayout(0) };
  pipelines.set(key, made);
  return made;
}

/** Queues the program. */
export function runProgram(backend: ProgramBackend, program: Program, { outputs, inputs, uniforms }: ProgramTensors): void {
  backend.countProgram?.();
  const buffers = [...outputs, ...inputs].map(({ dataId }) => {
    backend.uploadToGPU(dataId);
    backend.commandQueueOwnedIds.add(dataId); // keeps its memory until the queue is submitted
    return backend.tensorMap.get(dataId).resource;
  });
  if (uniforms) buffers.push(uniformBuffer(backend, uniforms));
  const { pipeline, layout } = compile(backend, program);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  const pass = openPass(backend);
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, backend.device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(...program.workgroups);
  afterProgram(backend, program.key);
}

function uniformBuffer(backend: ProgramBackend, values: Float32Array | Int32Array): Buffer {
  const buffer = backend.bufferManager.acquireBuffer(values.byteLength, COPY_DST | UNIFORM);
  backend.queue.writeBuffer(buffer, 0, values);
  backend.uniformPendingDisposal.push(buffer);
  return buffer;
}

/** The pass that collects programs; one of its own for a program that is timed. */
function openPass(backend: ProgramBackend): Pass {
  backend.ensureCommandEncoderReady();
  const timed = backend.activeTimers && backend.supportTimestampQuery;
  if (timed) backend.endComputePassEncoder();
  backend.computePassEncoder ??= backend.commandEncoder.beginComputePass(timed ? timestamps(backend) : {});
  return backend.computePassEncoder;
}

function timestamps(backend: ProgramBackend): object {
  backend.querySet ??= backend.device.createQuerySet({ type: 'timestamp', count: backend.querySetCount });
  return {
    timestampWrites: { querySet: backend.querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
  };
}

function afterProgram(backend: ProgramBackend, name: string): void {
  backend.dispatchCountInPass++;
  if (backend.activeTimers) {
    backend.endComputePassEncoder();
    backend.activeTimers.push({ name, query: backend.getQueryTime() });
  } else if (backend.dispatchCountInPass >= QUEUE) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
}
