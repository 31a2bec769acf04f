/**
 * Changed files of every kind: each is refused in a sentence, or read as what was written, or, where no hash protects it, as a legal
 * other value. A hundred of each; `node -r ./test/typescript.cjs test/mutations/report.ts 10000 SEED` tries more.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { KINDS } from './kinds';
import { tryMutations } from './tryMutations';

const folder = mkdtempSync(join(tmpdir(), 'iekd-mutations-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(folder, { recursive: true }));

describe('a hundred changed files', () => {
  for (const kind of KINDS) {
    test(kind.name, async () => {
      const { failures, refused, other, slowestMs } = await tryMutations(kind, 100, { seed: 1, folder });
      assert.deepEqual(failures, []);
      assert.ok(refused > 20, `${refused} refused`);
      assert.ok(!kind.hashed || other === 0);
      assert.ok(slowestMs < 1000, `${slowestMs} ms`);
    });
  }
});
