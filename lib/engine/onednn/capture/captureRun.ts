/**
 * Records a computation and repeats it by one call of the addon. A recording's memory is its own and is used for nothing else between
 * two repetitions, so arrays lie where they lay; sharing of memory within the computation is planned once, when it is recorded.
 */

import { fitInputs, ownInputs } from '../../capture/ownInputs';
import { Recording } from '../../capture/recording';
import { type Signature, whereDiffers } from '../../capture/signature';
import { tf } from '../../tf';
import type { Capture } from '../../types';
import type { NativeFunction, NativeProgram } from '../loader';
import type { OneDnnBackend } from '../onednnBackend';
import { type NativeRecording, signatureOf } from './nativeCalls';

/** @param f of tensors of the inputs' shapes; its results stay until the run is disposed of */
export function captureRun(inputs: readonly tf.Tensor[], f: (own: readonly tf.Tensor[]) => readonly tf.Tensor[]): Capture {
  const backend = tf.backend() as OneDnnBackend;
  const recording: NativeRecording = new Recording(backend.pools.forRecording());
  const own = ownInputs(inputs);
  try {
    const outputs = backend.noting(recording, () => tf.tidy(() => f(own).map((output) => inFull(backend, output))));
    for (const output of outputs) tf.keep(output);
    return new OneDnnCapture(backend, recording, own, outputs);
  } catch (error) {
    tf.dispose([...own]);
    backend.pools.closeLater(recording.memory);
    throw error;
  }
}

/** A map that is kept in bfloat16 is widened now, where it is noted. */
function inFull(backend: OneDnnBackend, output: tf.Tensor): tf.Tensor {
  backend.floats(output);
  return output;
}

/** Values from which on threads share a copy (`kParallelFrom` in native/src/threads.h). */
const LONG = 16384;

/** Images are copied by the engine's threads: one alone would take longer than many take for a step's kernel. */
function takeValues({ addon }: OneDnnBackend, from: unknown, to: unknown): void {
  const { length } = to as Float32Array;
  if (!(from instanceof Float32Array && to instanceof Float32Array) || length < LONG) {
    (to as Float32Array).set(from as Float32Array);
  } else (addon['Copy'] as NativeFunction)(length, length, 0, 0, 2, 1, 0, 0, length, 1, 1, from, to);
}

class OneDnnCapture implements Capture {
  readonly reason: string | undefined;
  private readonly signature: Signature;
  private readonly precision;
  /** Tensors besides the outputs: somebody keeps them. */
  private readonly outliving: number;
  private program: NativeProgram | undefined;
  private gone = false;

  constructor(
    private readonly backend: OneDnnBackend,
    private readonly recording: NativeRecording,
    private readonly own: readonly tf.Tensor[],
    readonly outputs: readonly tf.Tensor[],
  ) {
    this.precision = backend.precision;
    this.signature = signatureOf(recording);
    this.outliving = recording.left - new Set(outputs.map(({ dataId }) => dataId)).size;
    this.reason = recording.reason ?? (this.outliving === 0 ? undefined : `${this.outliving} of its tensors outlive it`);
  }

  differs(other: Capture): string | undefined {
    return other instanceof OneDnnCapture ? whereDiffers(other.signature, this.signature) : 'it was recorded on another engine';
  }

  takes(inputs: readonly tf.Tensor[]): boolean {
    return fitInputs(this.own, inputs);
  }

  replay(inputs: readonly tf.Tensor[]): boolean {
    const { backend, recording, own } = this;
    if (this.gone || tf.backend() !== backend || backend.precision !== this.precision) return false;
    if (!recording.stillThere((dataId) => backend.held(dataId))) return false;
    for (const dataId of recording.variables) if (!backend.mayMove(dataId)) return false;
    for (const [i, { dataId }] of own.entries()) {
      takeValues(backend, backend.data.get((inputs[i] as tf.Tensor).dataId).values, backend.data.get(dataId).values);
    }
    this.program ??= new backend.addon.Program(recording.calls);
    this.program.run();
    return true;
  }

  dispose(): void {
    if (this.gone) return;
    this.gone = true;
    tf.dispose([...this.own, ...this.outputs]);
    this.program?.dispose();
    const { pools } = this.backend;
    if (this.outliving === 0) pools.close(this.recording.memory);
    else pools.closeLater(this.recording.memory);
  }
}
