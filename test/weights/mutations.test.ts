/** 300 changed files of each kind: read, or refused in a sentence, quickly. `test/proofs/hostileWeights.mjs` does 10,000. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KINDS, mutated, readOrRefused } from './mutatedFiles';

for (const [kind, whole] of Object.entries(KINDS)) {
  test(kind, () => {
    const file = whole();
    assert.ok(readOrRefused(file), 'the file itself');
    let refused = 0;
    for (let i = 0; i < 300; i++) if (!readOrRefused(mutated(file, kind, i))) refused++;
    assert.ok(refused > 100, `${refused} refused`);
  });
}
