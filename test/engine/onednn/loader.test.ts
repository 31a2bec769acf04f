import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadAddon } from 'iekd/dist/engine/onednn/loader';

const folder = mkdtempSync(join(tmpdir(), 'iekd-loader-'));
after(() => rmSync(folder, { recursive: true }));

const here = `${process.platform} ${process.arch} ${cpus()[0]?.model}`;
const obstacle = (kernels?: string[]): string => {
  const result = loadAddon(folder, kernels);
  assert.ok('obstacle' in result, 'expected an obstacle, received an addon');
  return result.obstacle;
};

test('every reason for which the addon cannot be used is a sentence with a next step', () => {
  assert.equal(obstacle(), 'the oneDNN addon is not built; run `npm run setup`');
  writeFileSync(join(folder, 'iekd.node'), 'not a shared library');
  assert.equal(obstacle(), `the oneDNN addon was built for "undefined", this is "${here}"; run \`npm run setup\``);
  writeFileSync(join(folder, 'stamp.json'), '{"machine": "linux x64 Other Processor"}');
  assert.equal(
    obstacle(),
    `the oneDNN addon was built for "linux x64 Other Processor", this is "${here}"; run \`npm run setup\``,
  );
  writeFileSync(join(folder, 'stamp.json'), JSON.stringify({ machine: here }));
  assert.match(obstacle(), /^the oneDNN addon does not load \(.+\); install libdnnl and run `npm run setup`$/s);
});

test('an addon of another ABI or without a kernel is refused', (t) => {
  const real = loadAddon();
  if ('obstacle' in real) return t.skip(real.obstacle);
  const missing = loadAddon(undefined, ['Conv2D', 'NoSuchKernel', 'NorThis']);
  assert.deepEqual(missing, { obstacle: 'the oneDNN addon lacks NoSuchKernel, NorThis; run `npm run setup`' });
});
