/**
 * Notes what tfjs's WebGPU backend does while a function runs: the bind groups and programs that its device is given, whether by tfjs's
 * kernels or by ours, uniforms, values that JavaScript uploads, tensors that come and go. Methods of the backend object are replaced for so
 * long; its class and its package stay as they are, in Node and in a page alike.
 */
import type { tf } from '../../tf';
import type { ProgramBackend } from '../kernels/program';
import type { Command, CommandRecording } from './commands';
import type { BufferManager, OwnedBuffer, RoutedBuffers } from './recordingBuffers';

type Method = (...values: never[]) => unknown;

interface Stored {
  readonly dtype: tf.DataType;
  values?: unknown;
  readonly resource?: OwnedBuffer | null;
}

/** What recording needs of tfjs's backend. */
export interface CapturableBackend extends Omit<ProgramBackend, 'bufferManager' | 'device' | 'queue' | 'tensorMap'> {
  device: { createBuffer(descriptor: object): OwnedBuffer; createBindGroup(descriptor: object): object };
  queue: {
    writeBuffer(buffer: object, offset: number, values: ArrayBufferView, ...range: readonly number[]): void;
    submit(commands: readonly object[]): void;
  };
  bufferManager: BufferManager;
  readonly tensorMap: { has(id: object): boolean; get(id: object): Stored };
  readonly commandEncoder: ProgramBackend['commandEncoder'] & {
    copyBufferToBuffer(from: object, a: number, to: object, b: number, size: number): void;
  };
  write(values: unknown, shape: number[], dtype: tf.DataType): object;
  disposeData(id: object, force?: boolean): boolean;
}

/** Gives what waits in the queue to the device. */
export function flush(backend: CapturableBackend): void {
  if (!backend.commandEncoder) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}

/** Runs `f` while everything is noted in the recording. */
export function noting<T>(backend: CapturableBackend, buffers: RoutedBuffers, recording: CommandRecording, f: () => T): T {
  flush(backend);
  const groups = new WeakMap<object, readonly object[]>();
  const replaced = {
    device: notedDevice(backend.device, recording, groups),
    queue: notedQueue(backend.queue, recording),
    ...notedTensors(backend, buffers, recording),
  };
  return replacedWhile(backend, replaced, () =>
    buffers.within(recording.memory, () => {
      try {
        return f();
      } finally {
        flush(backend); // what the function let go is free within the recording
      }
    }),
  );
}

/** Runs `f` while an object has other members. */
function replacedWhile<T>(target: object, members: object, f: () => T): T {
  const before = Object.keys(members).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  Object.assign(target, members);
  try {
    return f();
  } finally {
    for (const [name, own] of before) {
      if (own) Object.defineProperty(target, name, own);
      else Reflect.deleteProperty(target, name);
    }
  }
}

/** The same object with some methods that do more; objects of the browser's or Dawn's own take no others' `this`. */
function withMethods<T extends object>(target: T, methods: Readonly<Record<string, Method>>): T {
  return new Proxy(target, {
    get(_, name) {
      const own = typeof name === 'string' ? methods[name] : undefined;
      if (own) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

interface BindGroupDescriptor {
  readonly entries: readonly { readonly resource: { readonly buffer?: object } }[];
}

interface Encoder {
  beginComputePass(descriptor: object): object;
  copyBufferToBuffer(...values: readonly unknown[]): void;
}

type Groups = WeakMap<object, readonly object[]>;

function notedDevice<T extends CapturableBackend['device']>(device: T, recording: CommandRecording, groups: Groups): T {
  const own = device as T & { createCommandEncoder(): Encoder };
  return withMethods(device, {
    createBindGroup(descriptor: BindGroupDescriptor) {
      const group = device.createBindGroup(descriptor);
      groups.set(
        group,
        descriptor.entries.map(({ resource }) => resource.buffer ?? resource),
      );
      return group;
    },
    createCommandEncoder: () => notedEncoder(own.createCommandEncoder(), recording, groups),
  });
}

function notedEncoder(encoder: Encoder, recording: CommandRecording, groups: Groups): Encoder {
  return withMethods(encoder, {
    beginComputePass: (descriptor: object) => notedPass(encoder.beginComputePass(descriptor) as Pass, recording, groups),
    copyBufferToBuffer(...values: never[]) {
      recording.refuse('values are copied on the way');
      encoder.copyBufferToBuffer(...values);
    },
  });
}

interface Pass {
  setPipeline(pipeline: object): void;
  setBindGroup(index: number, group: object): void;
  dispatchWorkgroups(...workgroups: readonly number[]): void;
}

function notedPass(pass: Pass, recording: CommandRecording, groups: Groups): Pass {
  let [pipeline, group]: object[] = [];
  return withMethods(pass, {
    setPipeline(given: object) {
      pipeline = given;
      pass.setPipeline(given);
    },
    setBindGroup(index: number, given: object) {
      group = given;
      pass.setBindGroup(index, given);
    },
    dispatchWorkgroups(...workgroups: number[]) {
      const buffers = group && groups.get(group);
      if (pipeline && group && buffers) recording.calls.push({ pipeline, group, buffers, workgroups } satisfies Command);
      else recording.refuse('a program runs whose buffers are not known');
      pass.dispatchWorkgroups(...workgroups);
    },
  });
}

function notedQueue<T extends CapturableBackend['queue']>(queue: T, recording: CommandRecording): T {
  return withMethods(queue, {
    writeBuffer(buffer: object, offset: number, values: ArrayBuffer | ArrayBufferView, ...rest: never[]) {
      const bytes = ArrayBuffer.isView(values)
        ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
        : new Uint8Array(values);
      recording.fills(buffer, bytes);
      queue.writeBuffer(buffer, offset, values as ArrayBufferView, ...rest);
    },
  });
}

/** Of the backend's own methods, those that say which tensors are made, filled, taken from outside, changed, read and let go. */
function notedTensors(
  backend: CapturableBackend,
  buffers: RoutedBuffers,
  recording: CommandRecording,
): Readonly<Record<string, Method>> {
  const { write, disposeData, uploadToGPU } = backend;
  const [readSync, read] = [backend.readSync, backend.read];
  const resource = (id: object): object | undefined => backend.tensorMap.get(id).resource ?? undefined;
  const reads = (): void => recording.refuse('values are read on the way');
  return {
    write(values: ArrayLike<unknown> | null | undefined, shape: number[], dtype: tf.DataType) {
      const id = write.call(backend, values, shape, dtype);
      if (values) recording.writes(id, Array.from(values));
      else recording.computes(id);
      return id;
    },
    uploadToGPU(id: object) {
      const isOutside = !recording.makes(id);
      buffers.within(isOutside ? undefined : recording.memory, () => uploadToGPU.call(backend, id));
      if (isOutside) recording.takes({ id: { dataId: id, shape: [], dtype: 'float32' } }, resource);
    },
    changed: (id: object) => recording.moves(id),
    disposeData(id: object, force?: boolean) {
      const isGone = disposeData.call(backend, id, force);
      if (isGone) recording.forgets(id);
      return isGone;
    },
    readSync(id: object) {
      reads();
      return readSync.call(backend, id);
    },
    read(id: object) {
      reads();
      return read.call(backend, id);
    },
  };
}
