/** A recording of the addon's calls. */
import type { Recording } from '../../capture/recording';
import type { Signature } from '../../capture/signature';
import type { BufferPool } from '../bufferPool';
import type { Argument } from '../loader';

/** The addon's function, then what it was given. */
type NativeCall = readonly [name: string, ...values: Argument[]];

export type NativeRecording = Recording<NativeCall, BufferPool>;

/** Of each call its kernel, its numbers, and the kinds and lengths of its arrays. */
export function signatureOf(recording: NativeRecording): Signature {
  const calls = recording.calls.map(([name, ...values]) => [
    name,
    ...values.map((value) =>
      typeof value === 'number' ? value : value === undefined ? '' : `${value.constructor.name} ${value.length}`,
    ),
  ]);
  return { calls, constants: recording.constants() };
}
