/** Rows of a golden file of losses: value and gradient of each, as PyTorch has them in float64. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';

/** A loss of what learns and its target. */
export type Loss = (a: tf.Tensor, b: tf.Tensor) => tf.Scalar;

interface Values {
  readonly shape: number[];
  readonly data: number[];
}

interface Row {
  readonly name: string;
  readonly a: Values;
  readonly b: Values;
  readonly value: number;
  readonly grad: number[];
}

/** Tests that each row of the file has its loss, and that the loss has the row's value and gradient within `tolerance` of the largest. */
export function testRows(file: string, losses: Readonly<Record<string, Loss>>, tolerance: number): void {
  const { rows } = JSON.parse(readFileSync(join(__dirname, '..', 'golden', file), 'utf8')) as { rows: Row[] };
  test('every row of the file has its loss here, and the reverse', () => {
    assert.deepEqual(
      rows.map((row) => row.name),
      Object.keys(losses),
    );
  });
  for (const row of rows) test(row.name, () => compare(row, losses[row.name] as Loss, tolerance));
}

function compare({ a, b, value, grad }: Row, loss: Loss, tolerance: number): void {
  const tensors = tf.memory().numTensors;
  tf.tidy(() => {
    const other = tf.tensor(b.data, b.shape);
    const result = tf.valueAndGrad((x) => loss(x, other))(tf.tensor(a.data, a.shape));
    const found = result.value.dataSync()[0] as number;
    assert.ok(Math.abs(found / value - 1) < tolerance, `${found} for ${value}`);
    const received = result.grad.dataSync();
    const largest = Math.max(...grad.map(Math.abs));
    assert.ok(largest > 1e-4);
    for (const [i, expected] of grad.entries()) {
      assert.ok(Math.abs((received[i] as number) - expected) < tolerance * largest, `${i}: ${received[i]} for ${expected}`);
    }
  });
  assert.equal(tf.memory().numTensors, tensors, 'tensors leaked');
}
