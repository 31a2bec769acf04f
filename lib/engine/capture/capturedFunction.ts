/**
 * A function of tensors that is called again and again with inputs of the same shapes: a step of training. Where the engine can record
 * (`EngineAbilities.capture`), JavaScript runs it three times and the engine repeats it from then on, to the same bits: the first
 * call makes what is made once, the second and third are recorded, and what they do has to be the same. Where it is not, or where
 * the function does what no recording holds, it is called as ever, and `reason` says why.
 */
import { currentAbilities } from '../abilities';
import { kernelsAreTimed } from '../profile/recorder';
import { tf } from '../tf';
import type { Capture } from '../types';

/** Tells that the function uses something besides its inputs, which varies from call to call. */
export type Sees = (what: string) => void;

export type TensorFunction = (inputs: readonly tf.Tensor[], sees: Sees) => readonly tf.Tensor[];

/** What a call has come to. */
export interface CapturedCall {
  readonly outputs: readonly tf.Tensor[];
  /** To be called when the outputs have been used. */
  release(): void;
}

/** So often it may begin anew: weights were loaded, say. */
const MOST_FORGOTTEN = 3;

export class CapturedFunction {
  private called = false;
  /** The first recording, while the second is to come. */
  private first: Capture | undefined;
  private run: Capture | undefined;
  private why: string | undefined;
  private forgotten = 0;
  /** What the variables held when it was recorded. */
  private read: readonly object[] = [];

  /** Why calls are not repeated; undefined while they are, or may be. */
  get reason(): string | undefined {
    return this.why;
  }

  /** Whether calls are repeated by the engine. */
  get captured(): boolean {
    return this.run !== undefined;
  }

  /**
   * Calls the function, or has the engine replay it; the outputs are the same.
   * @param variables that it reads: where one was assigned, what was recorded would read its values of before
   */
  call(inputs: readonly tf.Tensor[], f: TensorFunction, variables: readonly tf.Variable[] = []): CapturedCall {
    if (kernelsAreTimed()) return plainCall(inputs, f);
    const { capture } = currentAbilities();
    if (this.run && variables.some(({ dataId }, i) => this.read[i] !== dataId)) this.forget();
    if (this.run?.takes(inputs)) {
      if (this.run.replay(inputs)) return { outputs: this.run.outputs, release: () => undefined };
      this.forget();
      return plainCall(inputs, f);
    }
    const goes = capture && this.why === undefined && !this.run && this.called && (this.first?.takes(inputs) ?? true);
    this.called = true;
    this.read = variables.map(({ dataId }) => dataId);
    return goes ? this.recordedCall(capture(inputs, (own) => f(own, this.sees))) : plainCall(inputs, f);
  }

  dispose(): void {
    this.run?.dispose();
    this.run = undefined;
  }

  private readonly sees: Sees = (what) => {
    this.why ??= what;
  };

  private recordedCall(run: Capture): CapturedCall {
    const before = this.first;
    this.why ??= run.reason ?? (before && run.differs(before));
    const { outputs } = run;
    const again = this.why === undefined;
    this.first = again && !before ? run : undefined; // no longer than it is compared with
    this.run = again && before ? run : undefined;
    return { outputs, release: this.run === run ? () => undefined : () => run.dispose() };
  }

  /** What it read from outside is gone: it begins anew. */
  private forget(): void {
    this.dispose();
    this.first = undefined;
    if (++this.forgotten > MOST_FORGOTTEN) this.why = 'what it reads besides its inputs changes from call to call';
  }
}

function plainCall(inputs: readonly tf.Tensor[], f: TensorFunction): CapturedCall {
  const outputs = tf.tidy(() => [...f(inputs, () => undefined)]);
  return { outputs, release: () => tf.dispose(outputs) };
}
