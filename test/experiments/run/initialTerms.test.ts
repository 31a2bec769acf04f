/** Terms before the first step: stages, weights, landmarks, and that looking changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMethod, buildNetwork, imageSet, random, tf } from 'iekd';
import { initialTerms } from 'iekd/dist/experiments/run/initialTerms';

const input: [number, number, number] = [8, 8, 1];
const bytes = Uint8Array.from({ length: 4 * 64 }, (_, i) => (i * 37) % 256);
const images = imageSet('test', bytes, Uint8Array.of(0, 1, 2, 0), { height: 8, width: 8, channels: 1 });
const normalisation = { mean: [0], std: [1] };

function look(name: string, options: object = {}) {
  const [student, teacher] = ['student', 'teacher'].map((who) =>
    buildNetwork({ name: 'resnet8', classes: 3, input }, random(1).child(who)),
  );
  assert.ok(student && teacher);
  const method = buildMethod({ name, ...options });
  const teachers = method.teachers > 0 ? [teacher] : [];
  const distillation = method.build({ student, teachers, random: random(2) });
  const before = [tf.memory().numTensors, JSON.stringify(student.variables.snapshot())];
  const terms = initialTerms({ distillation, student, teachers, images, normalisation, batch: 4 });
  assert.deepEqual([tf.memory().numTensors, JSON.stringify(student.variables.snapshot())], before);
  for (const part of [distillation, student, teacher]) part.dispose();
  return terms;
}

test('the task starts near log(classes); IE-FT states where unrelated factors are and pushes with a negative weight', async () => {
  await tf.setBackend('cpu');
  const [task, inheritance, exploration] = look('ie-ft');
  assert.equal(task?.expected, Math.log(3));
  assert.ok(task && task.seen > 0 && task.seen < 4 * Math.log(3));
  assert.deepEqual([task.bound, inheritance?.weight, exploration?.weight], [undefined, 50, -50]);
  const size = 32 * 2 * 2; // half of the 64 channels of the last map, 2×2 at this input
  assert.ok(Math.abs((inheritance?.bound ?? 0) - 2 / Math.sqrt(size)) < 1e-6);
  for (const term of [inheritance, exploration]) {
    assert.ok(term && term.seen > 0 && term.seen < (term.bound ?? 0) && term.expected !== undefined);
  }
});

test('every stage that trains the student is told, its own last; a distance without landmarks has none', async () => {
  await tf.setBackend('cpu');
  const terms = look('fsp', { pretrain: 1 });
  assert.deepEqual(
    terms.map(({ stage, term, weight, bound }) => [stage, term, weight, bound]),
    [
      ['pretrain', 'fsp', 1, undefined],
      ['student', 'task', 1, undefined],
      ['student', 'fsp', 0, undefined],
    ],
  );
  assert.deepEqual(
    look('supervised').map(({ term }) => term),
    ['task'],
  );
});
