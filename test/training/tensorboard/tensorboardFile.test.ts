/** Event files: framing and checksums, the points of a run, a run that was broken off and goes on, files that are damaged. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { TrainingEvent } from 'iekd/dist/training/events';
import { crc32c } from 'iekd/dist/training/tensorboard/crc32c';
import { eventFiles, readEvents } from 'iekd/dist/training/tensorboard/eventFile';
import { recordOf, recordsIn } from 'iekd/dist/training/tensorboard/records';
import { tensorboardFile } from 'iekd/dist/training/tensorboard/tensorboardFile';
import { type RunSettings, tinyRun } from '../../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-tensorboard-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

const settings: RunSettings = { training: { epochs: 2, batch: 8, learningRate: 0.05, clip: 1, ema: 0.9 } };
const RECORD = '0300000000000000b099490e6162636e57f121';
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** `step tag` of every point of the folder's only file; values with `values`. */
function points(folder: string, values = false): string[] {
  const [path = '', ...others] = eventFiles(folder);
  assert.deepEqual(others, []);
  return readEvents(path).flatMap(({ step = 0, summary }) =>
    (summary?.value ?? [])
      .filter(({ tag }) => !tag.endsWith('images_per_second'))
      .map(({ tag, simpleValue }) => `${step} ${tag}${values ? ` ${simpleValue}` : ''}`),
  );
}

describe('records', () => {
  test('checksums are those of RFC 3720, appendix B.4', () => {
    const rows: readonly (readonly [Uint8Array, number])[] = [
      [new Uint8Array(32), 0x8a9136aa],
      [new Uint8Array(32).fill(0xff), 0x62a8ab43],
      [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
      [new TextEncoder().encode('123456789'), 0xe3069283],
    ];
    for (const [bytes, crc] of rows) assert.equal(crc32c(bytes), crc);
  });

  test('a record is that of tensorboard.summary.writer.record_writer (TensorBoard 2.18)', () => {
    assert.equal(hex(recordOf(new TextEncoder().encode('abc'))), RECORD);
    assert.deepEqual(
      recordsIn(Buffer.from(RECORD, 'hex'), 'x').map((bytes) => Buffer.from(bytes).toString()),
      ['abc'],
    );
  });
});

describe('tensorboardFile', () => {
  test('points of steps, epochs, stages, averaged weights', async () => {
    const folder = join(root, 'whole');
    await tinyRun(folder, { ...settings, listeners: [tensorboardFile(folder, { everySteps: 3 })] });
    const found = points(folder);
    assert.deepEqual(
      found.filter((point) => point.startsWith('9 ')),
      [
        ...['step/loss', 'step/learning_rate', 'step/gradient_norm', 'step/terms/task', 'step/terms/match'],
        ...['train/loss', 'train/terms/task', 'train/terms/match'],
        ...['validation/loss', 'validation/top1', 'validation/top5', 'test/loss', 'test/top1', 'test/top5'],
        ...['ema/validation/loss', 'ema/validation/top1', 'ema/validation/top5'],
        ...['ema/test/loss', 'ema/test/top1', 'ema/test/top5'],
      ].map((tag) => `9 ${tag}`),
    );
    assert.ok(found.includes('3 code/step/loss') && found.includes('3 code/train/loss'));
  });

  test('a run that was broken off in any event has each point once, with the same value', async () => {
    const folder = join(root, 'unbroken');
    let events = 0;
    const noting = (): void => void events++;
    await tinyRun(folder, { ...settings, listeners: [tensorboardFile(folder, { everySteps: 1 }), noting] });
    const whole = points(folder, true);
    for (let at = 1; at < events; at += 3) {
      const where = join(root, `broken-${at}`);
      let seen = 0;
      const trip = (_: TrainingEvent): void => {
        if (seen++ === at) throw new Error('broken off');
      };
      const listener = (): ReturnType<typeof tensorboardFile> => tensorboardFile(where, { everySteps: 1 });
      await assert.rejects(tinyRun(where, { ...settings, listeners: [listener(), trip] }), { message: 'broken off' });
      const [path = ''] = eventFiles(where);
      appendFileSync(path, recordOf(new Uint8Array(50)).subarray(0, 30)); // half of a record, as a kill leaves it
      await tinyRun(where, { ...settings, resume: true, listeners: [listener()] });
      assert.deepEqual(points(where, true), whole, `broken off in event ${at}`);
    }
  });

  test('damaged files are refused, a last record that is not whole is left out', () => {
    const path = join(root, 'events.out.tfevents.1.iekd');
    const record = recordOf(Uint8Array.of(0x10, 3));
    writeFileSync(path, Buffer.concat([record, record]));
    assert.equal(readEvents(path).length, 2);
    truncateSync(path, 2 * record.length - 1);
    assert.equal(readEvents(path).length, 1);
    for (const at of [0, 8, 12, record.length - 1]) {
      const bytes = Buffer.from(readFileSync(path));
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(`${path}.bad`, bytes);
      const message = `${path}.bad: expected records with the checksums that they carry, received another in that at byte 0; the file is damaged: remove it`;
      assert.throws(() => readEvents(`${path}.bad`), { name: 'InputError', message });
    }
    writeFileSync(path, recordOf(Uint8Array.of(0xff)));
    assert.throws(() => readEvents(path), {
      message: `${path}: expected an event of TensorBoard, received other bytes; the file is damaged: remove it`,
    });
  });

  test('options', () => {
    const call = tensorboardFile as (folder: unknown, options?: unknown) => unknown;
    assert.throws(() => call('x', { every: 1 }), {
      message: 'tensorboardFile: expected options among everySteps, received "every"',
    });
    assert.throws(() => call(3), { message: 'tensorboardFile: folder: expected a text, received 3' });
  });
});
