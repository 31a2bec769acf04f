/** A device and its queue that note what they are given, whether by tfjs's kernels or by ours. */

import type { CapturableBackend, Method } from './capturableBackend';
import type { Command, CommandRecording } from './commands';

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

/** What bind groups bind, in their order. */
export type Groups = WeakMap<object, readonly object[]>;

/** The device, noting its bind groups and the programs of its passes. */
export function notedDevice<T extends CapturableBackend['device']>(device: T, recording: CommandRecording, groups: Groups): T {
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

/** The queue, noting uniforms. */
export function notedQueue<T extends CapturableBackend['queue']>(queue: T, recording: CommandRecording): T {
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
