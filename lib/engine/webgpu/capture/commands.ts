/** A recording of the programs that a device is given, and of what JavaScript writes for them. */
import { Recording } from '../../capture/recording';
import type { Signature } from '../../capture/signature';
import type { RecordingBuffers } from './recordingBuffers';

/** One program in the queue. */
export interface Command {
  readonly pipeline: object;
  readonly group: object;
  /** What the group binds, in its order. */
  readonly buffers: readonly object[];
  readonly workgroups: readonly number[];
}

export class CommandRecording extends Recording<Command, RecordingBuffers> {
  /** Uniforms, by their buffers: a copy of the bytes. */
  private readonly uniforms = new Map<object, Uint8Array>();

  fills(buffer: object, bytes: Uint8Array): void {
    this.uniforms.set(buffer, bytes.slice());
  }

  /**
   * Of each command its pipeline, workgroups and buffers: those from outside as they are, the recording's own by the order of their first use.
   * @param owns whether a buffer is the recording's own
   */
  signature(owns: (buffer: object) => boolean): Signature {
    const numbers = new Map<object, number>();
    const numbered = (buffer: object): unknown => {
      if (!owns(buffer)) return buffer;
      const number = numbers.get(buffer) ?? numbers.size;
      numbers.set(buffer, number);
      return number;
    };
    const calls = this.calls.map(({ pipeline, buffers, workgroups }) => [
      'a program',
      pipeline,
      ...workgroups,
      ...buffers.map(numbered),
    ]);
    return { calls, constants: [...this.constants(), ...this.uniforms.values()] };
  }
}
