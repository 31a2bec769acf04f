/** The profile of a step as a figure, a table and a page. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { BenchProfile } from 'iekd/dist/bench/benchProfile';
import type { ProfileRow } from 'iekd/dist/engine/profile/profileRows';
import { profileFigure } from 'iekd/dist/notebook/views/profileFigure';
import { writeProfilePage } from 'iekd/dist/notebook/views/profilePage';
import { profileTable } from 'iekd/dist/notebook/views/profileTable';

const folder = mkdtempSync(join(tmpdir(), 'iekd-profile-'));
after(() => rmSync(folder, { recursive: true }));

const ROWS: readonly ProfileRow[] = [
  { kernel: 'Conv2D', path: 'native', calls: 21, ms: 60, share: 0.6, gflopPerSecond: 191.7 },
  { kernel: 'Pack', path: 'fallback', calls: 1, ms: 10, share: 0.1, gbPerSecond: 0.25 },
  { kernel: 'Reshape', path: 'native', calls: 2.5, ms: 0.004, share: 0.00004 },
  { kernel: 'outside kernels', calls: 1, ms: 28, share: 0.28 },
  { kernel: 'data pipeline', calls: 1, ms: 2, share: 0.02 },
];
const PROFILE: BenchProfile = {
  ...{ work: 'supervised', engine: 'onednn', precision: 'float32', threads: 2, depth: 20, batch: 128, steps: 10 },
  ...{ ms: 100.004, plainMs: 99.5, rows: ROWS },
};

test('profileTable', () => {
  const expected = `supervised: 100.0 ms a step, 99.5 ms unprofiled (ResNet-20, batch 128, onednn in float32, threads: 2, mean of 10 steps)

kernel           path      calls     ms  share %  GFLOP/s  GB/s
───────────────  ────────  ─────  ─────  ───────  ───────  ────
Conv2D           native     21.0  60.00     60.0    191.7     –
Pack             fallback    1.0  10.00     10.0        –   0.3
Reshape          native      2.5   0.00      0.0        –     –
outside kernels  –             –  28.00     28.0        –     –
data pipeline    –             –   2.00      2.0        –     –`;
  assert.equal(profileTable(PROFILE)['text/plain'], expected);
});

test('profileTable by shape', () => {
  const rows = ROWS.map((row) => (row.kernel === 'Conv2D' ? { ...row, shape: '2×3 → 2×3' } : row));
  const [head, , first] = profileTable({ ...PROFILE, rows })
    ['text/plain'].split('\n')
    .slice(2);
  assert.match(head ?? '', /^kernel +path +shape +calls +ms /);
  assert.match(first ?? '', /^Conv2D +native +2×3 → 2×3 +21.0 +60.00 /);
});

describe('profileFigure', () => {
  const traces = (rows: readonly ProfileRow[]) =>
    profileFigure({ ...PROFILE, rows }).data.map(({ name, x, y, text, hovertext }) => ({ name, x, y, text, hovertext }));

  test('bars by path, with what they say', () => {
    assert.deepEqual(traces(ROWS), [
      {
        ...{ name: 'native', x: [60, 0.004], y: ['Conv2D', 'Reshape'] },
        text: ['60.0 ms · 60.0 % · 192 GFLOP/s', '0.00400 ms · 0.0 %'],
        hovertext: ['60.0 ms · 60.0 % · 192 GFLOP/s · 21 calls', '0.00400 ms · 0.0 % · 2.5 calls'],
      },
      {
        ...{ name: 'fallback', x: [10], y: ['Pack (fallback)'], text: ['10.0 ms · 10.0 % · 0.3 GB/s'] },
        hovertext: ['10.0 ms · 10.0 % · 0.3 GB/s · 1 call'],
      },
      {
        ...{ name: 'no kernel', x: [28, 2], y: ['outside kernels', 'data pipeline'] },
        text: ['28.0 ms · 28.0 %', '2.00 ms · 2.0 %'],
        hovertext: ['28.0 ms · 28.0 %', '2.00 ms · 2.0 %'],
      },
    ]);
  });

  test('the fastest of many kernels are one bar for each path', () => {
    const many = Array.from({ length: 20 }, (_, i): ProfileRow => {
      return { kernel: `K${i}`, path: i === 18 ? 'fallback' : 'native', calls: 1, ms: 20 - i, share: 0.04 };
    });
    const [native, fallback] = traces([...many, ...ROWS.slice(-2)]);
    const [lengths, names] = [native?.x, native?.y] as [number[], string[]];
    assert.deepEqual([lengths.length, lengths.at(-1), names.at(-1)], [17, 4 + 3 + 1, '3 others']);
    assert.deepEqual([fallback?.x, fallback?.y], [[2], ['K18 (fallback)']]);
  });
});

test('writeProfilePage: figure and table of each work, nothing from anywhere else', async () => {
  const path = join(folder, 'profile.html');
  await writeProfilePage(path, [PROFILE, { ...PROFILE, work: 'inference' }]);
  const html = readFileSync(path, 'utf8');
  const body = html.slice(html.indexOf('<body>'), html.lastIndexOf('</main>'));
  assert.deepEqual(
    [...body.matchAll(/<h2[^>]*>([^<]*)/g)].map(([, title]) => title),
    ['supervised', 'inference'],
  );
  assert.equal([...body.matchAll(/<div class="plot">/g)].length, 2);
  assert.equal([...body.matchAll(/<table>/g)].length, 2);
  assert.match(html, /default-src 'none'; script-src 'sha256-/);
  assert.doesNotMatch(body, /(src|href)="(?!data:|#)/);
});
