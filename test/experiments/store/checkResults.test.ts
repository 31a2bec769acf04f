/** Looking through files of results: all that is wrong at once, and bad lines set aside, byte for byte. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BENCH_RECORD } from 'iekd/dist/bench/benchTable';
import { writeReport } from 'iekd/dist/experiments/run/reportFile';
import type { RunReport } from 'iekd/dist/experiments/run/runReport';
import { planName, withSeed } from 'iekd/dist/experiments/runPlan';
import { checkResults } from 'iekd/dist/experiments/store/checkResults';
import { recordLine } from 'iekd/dist/experiments/store/recordLines';
import { encodeHashed } from 'iekd/dist/weights/contentHash';
import { madeUpRecord, TEACHER } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-check-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  folders++;
  const folder = join(root, `${folders}`);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const [one, two] = [0, 1].map((seed) => recordLine(madeUpRecord(withSeed(TEACHER, seed)))) as [string, string];
const BENCH =
  '{"date":"2026-01-01T00:00:00Z","machine":{"cpu":"c","cores":2,"memoryGb":8},"versions":{"node":"20"},"steps":10,"rounds":2,"work":"supervised","engine":"onednn","precision":"float32","threads":2,"depth":20,"batch":128,"imagesPerSecond":800}';
const CUT = 'expected JSON, here " at the end of the string, received the end of the text';

describe('checkResults', () => {
  test('says what is wrong with each line, and changes nothing', () => {
    const text = `${one}\n{"hash":"01\n\n${two}\n3\n`;
    const folder = folderWith({ 'a.jsonl': text, 'a.md': 'no result', 'below/record.json': `${one}\n` });
    const path = join(folder, 'a.jsonl');
    const problems = [`${path}: line 2, column 12: ${CUT}`, `${path}: line 5: expected an object, received 3`];
    assert.deepEqual(checkResults([folder]), [
      { path, good: 2, unhashed: 0, problems },
      { path: join(folder, 'below', 'record.json'), good: 1, unhashed: 0, problems: [] },
    ]);
    assert.equal(readFileSync(path, 'utf8'), text);
  });

  test('sets bad lines aside, again and again, whatever their bytes', () => {
    const bad = Buffer.from([0x22, 0xff, 0x22, 0x0a]);
    const folder = folderWith({ 'a.jsonl': Buffer.concat([Buffer.from(`${one}\n`), bad, Buffer.from(two)]) });
    const path = join(folder, 'a.jsonl');
    const [checked] = checkResults([path], { repair: true });
    assert.deepEqual([checked?.good, checked?.problems.length, checked?.setAside], [2, 1, `${path}.bad`]);
    assert.equal(readFileSync(path, 'utf8'), `${one}\n${two}`);
    assert.deepEqual(readFileSync(`${path}.bad`), bad);
    assert.deepEqual(checkResults([path], { repair: true }), [{ path, good: 2, unhashed: 0, problems: [] }]);
    writeFileSync(path, `${one}\n{`);
    checkResults([path], { repair: true });
    assert.deepEqual(readFileSync(`${path}.bad`), Buffer.concat([bad, Buffer.from('{')]));
    assert.equal(readFileSync(path, 'utf8'), `${one}\n`);
  });

  test('rows of the bench have a table of their own', () => {
    const folder = folderWith({
      'bench.jsonl': `${BENCH}\n${BENCH.replace('800', '-1')}\n${BENCH.replace('"threads":2', '"threads":0.5')}\n`,
    });
    const path = join(folder, 'bench.jsonl');
    const [checked] = checkResults([folder], { otherRows: BENCH_RECORD });
    assert.deepEqual([checked?.good, checked?.unhashed], [1, 1]);
    assert.deepEqual(checked?.problems, [
      `${path}: line 2: imagesPerSecond: expected a number from 0, received -1`,
      `${path}: line 3: threads: expected an integer from 1, received 0.5`,
    ]);
  });

  test('a log may end in half a line; a report is set aside as a whole', () => {
    const folder = folderWith({ 'metrics.jsonl': '{"kind":"step","step":10,"loss":1}\n{"kind":"st', 'result.json': '{' });
    const [metrics, result] = checkResults([folder], { repair: true });
    assert.deepEqual([metrics?.problems, metrics?.setAside], [[], undefined]);
    assert.deepEqual([result?.problems.length, result?.setAside], [1, join(folder, 'result.json.bad')]);
    assert.equal(existsSync(join(folder, 'result.json')), false);
    writeReport(folder, madeUpRecord(TEACHER) as unknown as RunReport);
    assert.deepEqual(checkResults([join(folder, 'result.json')])[0]?.problems, []);
  });

  test('kept weights are those of their records, and are never changed', () => {
    const network = { format: 'iekd-network', network: '{"name":"resnet8"}' };
    const { bytes, sha256 } = encodeHashed({ a: { shape: [1], data: Float32Array.of(1) } }, network);
    const name = planName(TEACHER);
    const line = recordLine(madeUpRecord(TEACHER, { weights: { student: '0'.repeat(64) } }));
    const folder = folderWith({ 'a.jsonl': `${line}\n`, [`weights/${name}.safetensors`]: bytes });
    const path = join(folder, 'weights', `${name}.safetensors`);
    const problem = `${path}: expected the SHA-256 of its kept record, ${'0'.repeat(64)}, received ${sha256}; fetch the file again, or train the run anew`;
    assert.deepEqual(checkResults([folder], { repair: true })[1], { path, good: 0, unhashed: 0, problems: [problem] });
    assert.deepEqual(readFileSync(path), Buffer.from(bytes));
    writeFileSync(join(folder, 'a.jsonl'), `${recordLine(madeUpRecord(TEACHER, { weights: { student: sha256 } }))}\n`);
    assert.deepEqual(checkResults([folder])[1], { path, good: 1, unhashed: 0, problems: [] });
  });

  test('refuses a path that is not there', () => {
    const message = `${join(root, 'none')}: expected a file or folder of results, received no such file or folder (ENOENT); look at the path again`;
    assert.throws(() => checkResults([join(root, 'none')]), { name: 'InputError', message });
  });
});
