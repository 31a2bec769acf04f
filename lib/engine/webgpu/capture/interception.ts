/**
 * Notes what tfjs's WebGPU backend does while a function runs: the bind groups and programs that its device is given, whether by tfjs's
 * kernels or by ours, uniforms, values that JavaScript uploads, tensors that come and go. Methods of the backend object are replaced for so
 * long; its class and its package stay as they are, in Node and in a page alike.
 */
import type { CapturableBackend } from './capturableBackend';
import type { CommandRecording } from './commands';
import { notedDevice, notedQueue } from './notedDevice';
import { notedTensors } from './notedTensors';
import type { RoutedBuffers } from './recordingBuffers';

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
