/** The package of a platform: its first addon that this processor can run is taken. The package and the processor are played. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type PlatformAddon, platformAddon } from 'iekd/dist/engine/onednn/platformAddon';

const folder = mkdtempSync(join(tmpdir(), 'iekd-platform-'));
const manifest = join(folder, 'package.json');
after(() => rmSync(folder, { recursive: true, force: true }));

/** With a package that has these addons, on a processor that can run those that begin with `x86-64-v2` or v3. */
function choose(content: string): { readonly chosen: PlatformAddon; readonly asked: readonly string[] } {
  writeFileSync(manifest, content);
  const asked: string[] = [];
  const chosen = platformAddon({
    find(specifier) {
      assert.equal(specifier, `@iekd/onednn-${process.platform}-${process.arch}/package.json`);
      return manifest;
    },
    refusal(place) {
      asked.push(basename(place));
      return /v[23]$/.test(place) ? undefined : `uses what this processor lacks (${basename(place)})`;
    },
  });
  return { chosen, asked };
}

describe('the addon of a platform', () => {
  const levels = ['cooperlake', 'x86-64-v4', 'x86-64-v3', 'x86-64-v2'];

  test('is the best one that the processor can run', () => {
    const { chosen, asked } = choose(JSON.stringify({ processors: levels }));
    assert.deepEqual(chosen, { folder: join(folder, 'x86-64-v3') });
    assert.deepEqual(asked, levels.slice(0, 3));
  });

  test('where there is none, the reason is that of the most modest one', () =>
    assert.deepEqual(choose(JSON.stringify({ processors: ['b', 'a'] })).chosen, {
      refused: 'uses what this processor lacks (a)',
    }));

  for (const content of ['{}', '{"processors": "x86-64-v3"}', '{"processors": ["../x86-64-v3", "/x86-64-v3", 3, ".v3"]}']) {
    test(`a list that is none: ${content}`, () => {
      const { chosen, asked } = choose(content);
      assert.deepEqual([chosen, asked], [{ refused: `is not in ${folder}` }, []]);
    });
  }

  test('no package, or one that cannot be read', () => {
    const find = (): never => {
      throw new Error("Cannot find module '@iekd/…'");
    };
    assert.equal(platformAddon({ find, refusal: () => undefined }), undefined);
    assert.equal(choose('{"processors": [').chosen, undefined);
  });
});
