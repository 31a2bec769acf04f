/**
 * An update of parameters that the engine may repeat without JavaScript (engine/capture/capturedFunction.ts), as it repeats the pass that the
 * gradients come from: they are the same tensors then from step to step, with other values.
 */
import { currentAbilities } from '../../engine/abilities';
import { CapturedFunction } from '../../engine/capture/capturedFunction';
import { tf } from '../../engine/tf';
import type { Gradients } from '../optimizer';

type Named = readonly (readonly [name: string, gradient: tf.Tensor])[];

export class RepeatedUpdate {
  private captured = new CapturedFunction();
  /** What it is captured with, and what the step before had. */
  private recorded: Named = [];
  private before: Named = [];

  /** @param update moves the parameters in place by these gradients; where it is recorded, by a rate in a tensor of one value */
  run(learningRate: number, gradients: Gradients, update: (rate?: tf.Tensor1D) => void): void {
    const now = [...gradients];
    const again = sameTensors(now, this.before);
    this.before = now;
    if (!again || !currentAbilities().capture) {
      update();
      return;
    }
    tf.tidy(() => {
      const rate = tf.tensor1d([learningRate]);
      if (!sameTensors(now, this.recorded)) this.anew(now);
      const moved = ([own]: readonly tf.Tensor[]): tf.Tensor[] => {
        update(own as tf.Tensor1D);
        return [];
      };
      this.captured.call([rate], moved).release();
    });
  }

  dispose(): void {
    this.captured.dispose();
  }

  private anew(gradients: Named): void {
    this.captured.dispose();
    this.captured = new CapturedFunction();
    this.recorded = gradients;
  }
}

const sameTensors = (a: Named, b: Named): boolean =>
  a.length === b.length && a.every(([name, gradient], i) => b[i]?.[0] === name && b[i]?.[1] === gradient);
