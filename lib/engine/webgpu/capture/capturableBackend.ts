/** What recording needs of tfjs's WebGPU backend, in Node and in a page alike. */
import type { tf } from '../../tf';
import type { ProgramBackend } from '../kernels/program';
import type { BufferManager, OwnedBuffer } from './recordingBuffers';

/** A method that stands in the place of another. */
export type Method = (...values: never[]) => unknown;

interface Stored {
  readonly dtype: tf.DataType;
  values?: unknown;
  readonly resource?: OwnedBuffer | null;
}

/** tfjs's backend. */
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
