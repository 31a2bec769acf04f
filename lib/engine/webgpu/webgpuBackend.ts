/**
 * tfjs's WebGPU backend, made readable: its own synchronous read draws on a browser's canvas, which Node has not. Values are copied
 * to a buffer that the processor can map, and waited for. What the GPU refused is an error of the next read, not a line on stderr.
 */
import { tf } from '../tf';
import type { DawnPackage, Gpu, GpuAdapterInfo, GpuBuffer, GpuDevice } from './dawn';
import type { DawnTurns } from './exclusiveTurns';

type Values = tf.backend_util.BackendValues;

/** What we use of a backend of tfjs's, and of a tensor in it: on the GPU (`resource`), or still where it was made (`values`). */
export interface WebgpuBackend extends tf.KernelBackend {
  readonly tensorMap: { get(id: object): { dtype: tf.DataType; values?: Values | null; resource?: GpuBuffer | null } };
  readonly bufferManager: { acquireBuffer(size: number, usage: number): GpuBuffer; releaseBuffer(buffer: GpuBuffer): void };
  readonly commandEncoder: { copyBufferToBuffer(from: GpuBuffer, a: number, to: GpuBuffer, b: number, size: number): void };
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  runWebGPUProgram(...parts: readonly unknown[]): tf.TensorInfo;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values?: Float32Array): tf.TensorInfo;
  readSync(id: object): Values;
  read(id: object): Promise<Values>;
}

/** What we use of the package @tensorflow/tfjs-backend-webgpu. */
export interface WebgpuPackage {
  readonly WebGPUBackend: new (device: GpuDevice, info: GpuAdapterInfo) => WebgpuBackend;
}

/** WebGPU's own numbers. */
const COPY_DST = 0x8;
const MAP_READ = 0x1;

export interface BackendParts {
  readonly tfjs: WebgpuPackage;
  readonly dawn: DawnPackage;
  readonly gpu: Gpu;
  readonly device: GpuDevice;
  readonly info: GpuAdapterInfo;
  readonly turns: DawnTurns;
  /** Called before each program that the device is given. */
  readonly countProgram: () => void;
}

/** The backend over a device. Gives this process the globals of WebGPU that it lacks: tfjs takes them from there. */
export function createBackend({ tfjs, dawn, gpu, device, info, turns, countProgram }: BackendParts): WebgpuBackend {
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  const Backend = readable(tfjs.WebGPUBackend, turns, watch(device), countProgram);
  return withNavigator(gpu, () => new Backend(device, info));
}

function readable(
  Base: WebgpuPackage['WebGPUBackend'],
  turns: DawnTurns,
  checkDevice: () => void,
  countProgram: () => void,
): WebgpuPackage['WebGPUBackend'] {
  return class ReadableBackend extends Base {
    /** Programs of our own count too. */
    readonly countProgram = countProgram;

    override runWebGPUProgram(...parts: readonly unknown[]): tf.TensorInfo {
      this.countProgram();
      return super.runWebGPUProgram(...parts);
    }

    override readSync(id: object): Values {
      const { dtype, values, resource } = this.tensorMap.get(id);
      if (values) return values.slice() as Values;
      if (!resource) return super.readSync(id); // complex numbers, which ask for their two parts
      const staging = this.stage(resource);
      turns.until(() => staging.mapState !== 'pending');
      return this.unstage(staging, dtype);
    }

    override async read(id: object): Promise<Values> {
      const { dtype, values, resource } = this.tensorMap.get(id);
      if (values || !resource) return this.readSync(id);
      const staging = this.stage(resource);
      while (staging.mapState === 'pending') await new Promise((resolve) => setImmediate(resolve));
      return this.unstage(staging, dtype);
    }

    /** Begins to copy values to where they can be read. */
    private stage(buffer: GpuBuffer): GpuBuffer {
      const staging = this.bufferManager.acquireBuffer(buffer.size, COPY_DST | MAP_READ);
      this.ensureCommandEncoderReady();
      this.endComputePassEncoder();
      this.commandEncoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
      this.submitQueue();
      turns.during(() => staging.mapAsync(MAP_READ)).catch(() => undefined); // its state says whether it was mapped
      return staging;
    }

    private unstage(staging: GpuBuffer, dtype: tf.DataType): Values {
      const bytes = staging.mapState === 'mapped' ? staging.getMappedRange().slice(0) : undefined;
      staging.unmap();
      this.bufferManager.releaseBuffer(staging);
      checkDevice();
      if (!bytes)
        throw new Error('webgpu: expected values from the GPU, received none: the device is lost; start the process again');
      return tf.util.convertBackendValuesAndArrayBuffer(bytes, dtype) as Values;
    }
  };
}

/** Remembers what goes wrong on the device; the result throws it. */
function watch(device: GpuDevice): () => void {
  let wrong: string | undefined;
  device.addEventListener('uncapturederror', (event) => {
    event.preventDefault();
    wrong ??= event.error.message;
  });
  void device.lost.then(({ reason, message }) => {
    wrong = `the device is lost (${reason}: ${message}); start the process again`;
  });
  return () => {
    if (wrong === undefined) return;
    const message = `webgpu: expected the GPU to do the work, received: ${wrong.trim()}`;
    wrong = undefined;
    throw new Error(message);
  };
}

/** tfjs's backend asks whether `navigator.gpu` is there, once, when it is made. */
function withNavigator<T>(gpu: Gpu, make: () => T): T {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { value: { gpu }, configurable: true });
  try {
    return make();
  } finally {
    if (own) Object.defineProperty(globalThis, 'navigator', own);
    else Reflect.deleteProperty(globalThis, 'navigator');
  }
}
