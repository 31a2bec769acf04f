/** Checkpoints of other kinds and versions: refused in words that say what to do, which holds. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { readCheckpoint } from 'iekd/dist/training/checkpoint/checkpoint';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { decodeSafetensors, encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { tinyRun } from '../../fixtures/trainingRuns';

const folder = mkdtempSync(join(tmpdir(), 'iekd-checkpoint-'));
const path = join(folder, 'checkpoint.safetensors');
let whole: Buffer;

before(async () => {
  await tf.setBackend('cpu');
  await tinyRun(folder);
  whole = readFileSync(path);
});
after(() => rmSync(folder, { recursive: true }));

const DAMAGED = 'the file is damaged: put a copy in its place, or remove it, and the run begins anew';

const metadata: readonly (readonly [string, (m: Record<string, string>) => Record<string, string>, string])[] = [
  [
    'of another kind',
    () => ({}),
    'PATH: expected a checkpoint of iekd, received safetensors of another program (it says no format); remove it, and the run begins anew',
  ],
  [
    'weights',
    () => ({ format: 'iekd-network' }),
    'PATH: expected a checkpoint of iekd, received a file of weights; it is no checkpoint: name the folder of a run',
  ],
  [
    'of another version',
    (m) => ({ ...m, version: '2' }),
    'PATH: expected version 1 of the format, received "2"; another version of iekd wrote it: go on with that one, or remove the file, and the run begins anew',
  ],
  [
    'without progress',
    ({ progress: _, ...m }) => m,
    `PATH: expected the entries facts and progress, received format, version, facts, sha256; ${DAMAGED}`,
  ],
];
for (const [name, change, message] of metadata) {
  test(`when it is ${name}`, () => {
    const file = decodeSafetensors(whole, 'x');
    writeFileSync(path, encodeSafetensors(file.tensors, change(file.metadata)));
    assert.throws(() => readCheckpoint(path), { name: 'InputError', message: message.replaceAll('PATH', path) });
  });
}

test('what it says holds: removed, the run begins anew', async () => {
  rmSync(path);
  const steps: number[] = [];
  const stop = stopSignal();
  await tinyRun(folder, {
    resume: true,
    stop,
    listeners: [
      (event) => {
        if (event.kind !== 'step') return;
        steps.push(event.step);
        stop.request('enough');
      },
    ],
  });
  assert.deepEqual(steps, [1]);
});
