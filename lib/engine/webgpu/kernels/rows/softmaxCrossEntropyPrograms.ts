/**
 * Softmax cross-entropy: the loss of every row in one program and their mean in another; the gradient
 * (softmax(logits) − one-hot(label)) · dy / batch in one. A row whose largest logit is NaN or infinite, or whose label is no class,
 * has the loss NaN, by its bits.
 */
import type { Accumulators } from '../columns';
import { IS_NAN } from '../floatBits';
import { LARGER, ORDER } from '../floatOrder';
import { type Program, runProgram } from '../program';
import { reduceRows } from '../reduction/reduceRows';
import { input, output, type WebgpuKernel } from '../webgpuKernel';
import { bindings } from '../wgsl';
import { eachValue, overRow, type RowPlan, rowEntry, rowMemory, rowPlan } from './rowEntry';

const LARGEST: Accumulators = { names: ['largest'], combine: 'largest = larger(largest, other_largest);' };
const SUM: Accumulators = { names: ['sum'], combine: 'sum += other_sum;' };

/** Declares `largest_all`, `sum_all` = Σ exp(logit − largest), `label`, and `valid`, which is false for a row whose loss is NaN. */
function softmax(row: RowPlan, classes: number): string {
  return `var infinity = 0x7f800000u;
  var largest = bitcast<f32>(infinity | 0x80000000u);
  ${eachValue(row, 'largest = larger(largest, logits[i]);')}
  ${overRow(row, LARGEST)}
  var sum = 0.0;
  ${eachValue(row, 'sum += exp(logits[i] - largest_all);')}
  ${overRow(row, SUM)}
  let label = labels[outer];
  let finite = (bitcast<u32>(largest_all) & 0x7f800000u) != 0x7f800000u;
  let valid = finite && label >= 0 && label < ${classes};
  var nan = 0x7fc00000u;`;
}

const head = (row: RowPlan): string => rowMemory(row, LARGEST, SUM) + IS_NAN + ORDER + LARGER;

function rowLosses(batch: number, classes: number): Program {
  const row = rowPlan(batch, classes);
  return {
    key: `softmax cross-entropy ${batch}x${classes}`,
    workgroups: row.workgroups,
    code: () =>
      bindings(['losses'], ['logits', 'labels: i32']) +
      head(row) +
      rowEntry(
        row,
        `${softmax(row, classes)}
  if (lane == 0u) {
    var loss = bitcast<f32>(nan);
    if (valid) { loss = log(sum_all) - (logits[outer * ${classes}u + u32(label)] - largest_all); }
    losses[outer] = loss;
  }`,
      ),
  };
}

function rowGradients(batch: number, classes: number): Program {
  const row = rowPlan(batch, classes);
  return {
    key: `softmax cross-entropy's gradient ${batch}x${classes}`,
    workgroups: row.workgroups,
    code: () =>
      bindings(['dlogits'], ['logits', 'labels: i32', 'dy']) +
      head(row) +
      rowEntry(
        row,
        `${softmax(row, classes)}
  let scale = dy[0] / ${batch}.0;
  ${eachValue(
    row,
    `var g = bitcast<f32>(nan);
      if (valid) { g = (exp(logits[i] - largest_all) / sum_all - select(0.0, 1.0, i32(row) == label)) * scale; }
      dlogits[i] = g;`,
  )}`,
      ),
  };
}

export const softmaxCrossEntropy: WebgpuKernel = {
  name: 'IekdSoftmaxCrossEntropy',
  run(call) {
    const [logits, labels] = [input(call, 'logits'), input(call, 'labels')];
    const [batch, classes] = logits.shape as [number, number];
    const losses = output(call, [batch]);
    runProgram(call.backend, rowLosses(batch, classes), { outputs: [losses], inputs: [logits, labels] });
    const loss = reduceRows(call, 'mean', losses, { outer: 1, rows: batch, columns: 1 }, []);
    call.backend.disposeData(losses.dataId);
    return loss;
  },
};

export const softmaxCrossEntropyGrad: WebgpuKernel = {
  name: 'IekdSoftmaxCrossEntropyGrad',
  run(call) {
    const [logits, labels, dy] = [input(call, 'logits'), input(call, 'labels'), input(call, 'dy')];
    const [batch, classes] = logits.shape as [number, number];
    const dlogits = output(call, logits.shape);
    runProgram(call.backend, rowGradients(batch, classes), { outputs: [dlogits], inputs: [logits, labels, dy] });
    return dlogits;
  },
};
