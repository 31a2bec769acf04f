/** Claims: one process each, and of a holder on another machine only whether it goes on counting, whatever its clock says. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Claims, claimsIn } from 'iekd/dist/util/claims';

const root = mkdtempSync(join(tmpdir(), 'iekd-claims-'));
after(() => rmSync(root, { recursive: true }));

const FAR = { pid: 1, host: 'another-machine', since: '2026-01-01T00:00:00.000Z', token: 'x' };

/** Claims with a clock of their own, and a lock of another machine whose clock is `ahead` seconds ahead of ours. */
function elsewhere(name: string, ahead: number) {
  const folder = mkdtempSync(join(root, `${name}-`));
  const path = join(folder, 'run');
  let ms = 0;
  let beats = 0;
  const beat = (): void => {
    const at = Date.now() / 1000 + ahead + 30 * beats++;
    utimesSync(path, at, at);
  };
  writeFileSync(path, JSON.stringify(FAR));
  beat();
  const claims = claimsIn(folder, { silentMs: 100, now: () => ms });
  const pass = (more: number): void => {
    ms += more;
  };
  return { folder, path, claims, beat, pass };
}

const isHeld = (claims: Claims): boolean => {
  const holder = claims.holder('run');
  const claim = claims.claim('run');
  claim?.release();
  assert.equal(claim === undefined, holder !== undefined, 'both say the same');
  return holder !== undefined;
};

describe('claims', () => {
  test('one at a time, in this process as well; let go, it is free', () => {
    const folder = join(root, 'own', 'deep');
    const [here, there] = [claimsIn(folder), claimsIn(folder)];
    assert.equal(here.holder('run'), undefined);
    assert.equal(existsSync(folder), false, 'looking makes nothing');
    const claim = here.claim('run') ?? assert.fail('not claimed');
    assert.deepEqual([here.claim('run'), there.claim('run')], [undefined, undefined]);
    assert.equal(there.holder('run')?.pid, process.pid);
    assert.ok(there.claim('other'), 'another name is another claim');
    claim.release();
    claim.release();
    assert.equal(here.holder('run'), undefined);
    there.claim('run')?.release();
    assert.deepEqual(readdirSync(folder), ['other']);
    rmSync(join(folder, 'other'));
    here.claim('run')?.release();
    assert.ok(existsSync(folder), 'a folder that was there stays');
    here.claim('deeper/run')?.release();
    assert.deepEqual(readdirSync(folder), [], 'one that was made for a claim goes with it');
    const last = here.claim('deeper/run');
    writeFileSync(join(folder, 'deeper', 'weights'), '');
    last?.release();
    assert.deepEqual(readdirSync(join(folder, 'deeper')), ['weights'], 'unless there is something in it');
  });

  for (const [clock, ahead] of [
    ['equal', 0],
    ['an hour behind', -3600],
    ['an hour ahead', 3600],
  ] as const) {
    test(`a holder elsewhere is respected while it counts, and gone once it stands still: clock ${clock}`, () => {
      const { claims, beat, pass, folder } = elsewhere('counts', ahead);
      for (let i = 0; i < 5; i++) {
        assert.equal(isHeld(claims), true, `look ${i}`);
        pass(99);
        assert.equal(isHeld(claims), true, `later look ${i}`);
        beat();
      }
      assert.equal(isHeld(claims), true);
      pass(99);
      assert.equal(isHeld(claims), true);
      pass(1);
      assert.equal(isHeld(claims), false);
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  test('a process that has only begun to look does not take it, however old the lock', () => {
    const { claims, folder, pass } = elsewhere('old', -1e6);
    assert.equal(isHeld(claims), true);
    pass(1000);
    assert.equal(isHeld(claimsIn(folder)), true, 'another process counts from its own first look');
    assert.equal(isHeld(claims), false);
  });

  test('a holder that follows another at the same time of day is another', () => {
    const { claims, path, pass } = elsewhere('follows', 0);
    assert.equal(isHeld(claims), true);
    pass(1000);
    writeFileSync(path, JSON.stringify({ ...FAR, token: 'y' }));
    assert.equal(isHeld(claims), true);
  });
});
