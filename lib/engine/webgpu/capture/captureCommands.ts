/**
 * Records a computation and gives its programs to the device again, with the same buffers and bind groups: of a step of training JavaScript then
 * makes no tensor, no group and no text. WebGPU has no recorded lists of programs; what remains is three calls for each.
 */
import { fitInputs, ownInputs } from '../../capture/ownInputs';
import { type Signature, whereDiffers } from '../../capture/signature';
import { tf } from '../../tf';
import type { Capture } from '../../types';
import type { CapturableBackend } from './capturableBackend';
import { CommandRecording } from './commands';
import { flush, noting } from './interception';
import { RecordingBuffers, RoutedBuffers } from './recordingBuffers';

/** @param f of tensors of the inputs' shapes; its results stay until the run is disposed of */
export function captureCommands(inputs: readonly tf.Tensor[], f: (own: readonly tf.Tensor[]) => readonly tf.Tensor[]): Capture {
  const backend = tf.backend() as unknown as CapturableBackend;
  const buffers = routed(backend);
  const recording = new CommandRecording(new RecordingBuffers(backend.device));
  const own = ownInputs(inputs);
  const upload = ({ dataId, size }: tf.Tensor): void => {
    if (size > 0) backend.uploadToGPU(dataId);
  };
  try {
    buffers.within(recording.memory, () => own.forEach(upload));
    const outputs = noting(backend, buffers, recording, () => {
      const results = tf.tidy(() => [...f(own)]);
      results.forEach(upload);
      return results;
    });
    for (const output of outputs) tf.keep(output);
    return new WebgpuCapture(backend, buffers, recording, own, outputs);
  } catch (error) {
    tf.dispose([...own]);
    buffers.close(recording.memory);
    throw error;
  }
}

/** The backend's buffers, with those of recordings from the first one on. */
function routed(backend: CapturableBackend): RoutedBuffers {
  const { bufferManager } = backend;
  if (bufferManager instanceof RoutedBuffers) return bufferManager;
  const made = new RoutedBuffers(bufferManager);
  backend.bufferManager = made;
  return made;
}

class WebgpuCapture implements Capture {
  readonly reason: string | undefined;
  private readonly signature: Signature;
  private gone = false;

  constructor(
    private readonly backend: CapturableBackend,
    private readonly buffers: RoutedBuffers,
    private readonly recording: CommandRecording,
    private readonly own: readonly tf.Tensor[],
    readonly outputs: readonly tf.Tensor[],
  ) {
    this.signature = recording.signature((buffer) => buffers.isOf(recording.memory, buffer));
    // Tensors besides the outputs: somebody keeps them.
    const outliving = recording.left - new Set(outputs.map(({ dataId }) => dataId).filter((id) => recording.makes(id))).size;
    this.reason = recording.reason ?? (outliving === 0 ? undefined : `${outliving} of its tensors outlive it`);
  }

  differs(other: Capture): string | undefined {
    return other instanceof WebgpuCapture ? whereDiffers(other.signature, this.signature) : 'it was recorded on another engine';
  }

  takes(inputs: readonly tf.Tensor[]): boolean {
    return fitInputs(this.own, inputs);
  }

  replay(inputs: readonly tf.Tensor[]): boolean {
    const { backend, recording } = this;
    if (this.gone || (tf.backend() as unknown) !== backend) return false;
    if (!recording.stillThere((id) => this.held(id))) return false;
    for (const id of recording.variables) if (tf.backend().refCount(id) !== 1) return false;
    for (const [i, { dataId }] of this.own.entries()) this.take((inputs[i] as tf.Tensor).dataId, dataId);
    this.queuePrograms();
    // A page's tfjs keeps what was read.
    for (const { dataId } of this.outputs) backend.tensorMap.get(dataId).values = undefined;
    return true;
  }

  dispose(): void {
    if (this.gone) return;
    this.gone = true;
    tf.dispose([...this.own, ...this.outputs]);
    flush(this.backend);
    this.buffers.close(this.recording.memory);
  }

  private held(id: object): object | undefined {
    const { tensorMap } = this.backend;
    return tensorMap.has(id) ? (tensorMap.get(id).resource ?? undefined) : undefined;
  }

  /** Puts the values of a tensor into the recording's own, in the queue's order. */
  private take(from: object, to: object): void {
    const { backend } = this;
    const target = this.held(to);
    if (!target) return; // it is empty
    const { values, resource, dtype } = backend.tensorMap.get(from);
    if (resource) {
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.commandEncoder.copyBufferToBuffer(resource, 0, target, 0, resource.size);
    } else {
      const Stored = dtype === 'float32' ? Float32Array : Int32Array;
      backend.queue.writeBuffer(target, 0, values instanceof Stored ? values : Stored.from(values as ArrayLike<number>));
    }
  }

  private queuePrograms(): void {
    const { backend } = this;
    backend.countProgram?.();
    backend.ensureCommandEncoderReady();
    backend.computePassEncoder ??= backend.commandEncoder.beginComputePass({});
    const pass = backend.computePassEncoder;
    for (const { pipeline, group, workgroups } of this.recording.calls) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...(workgroups as [number, number, number]));
    }
    flush(backend);
  }
}
