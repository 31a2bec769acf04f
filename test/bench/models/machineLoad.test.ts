/** Load from what Linux tells: made-up files of /proc. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { disturbance, type LoadPart, loadBetween, readLoad } from 'iekd/dist/bench/models/machineLoad';

/** Ticks: user nice system idle iowait irq softirq steal guest guest_nice. */
const STAT = 'cpu  1000 50 300 9999 77 20 30 100 5 5\ncpu0 1 2 3\ncpu1 1 2 3\nintr 1 2\n';
/** The name has a space and a parenthesis; fields 14 to 17 are 200, 40, 30 and 30 ticks. */
const PROCESS = '42 (a) name) S 1 1 1 0 -1 4194304 100 0 0 0 200 40 30 30 20 0 7 0';

const read = (file: string): string => {
  const known: Readonly<Record<string, string>> = { '/proc/stat': STAT, '/proc/42/stat': PROCESS };
  return known[file] ?? assert.fail(`no ${file}`);
};

test('busy time of all with steal, own time with that of ended children, cores', () => {
  const { at, ...load } = readLoad([42, undefined, 43], read) ?? assert.fail();
  assert.ok(at > 0);
  assert.deepEqual(load, { busy: 15, own: 3, cores: 2 });
});

test('nothing without /proc', () => {
  const none = readLoad([42], () => assert.fail('no such file'));
  assert.equal(none, undefined);
  assert.equal(loadBetween(none, readLoad([42], read)), undefined);
});

test('others are what is busy and not our own, never less than none', () => {
  const before = { at: 10, busy: 100, own: 20, cores: 4 };
  assert.deepEqual(loadBetween(before, { at: 12, busy: 107, own: 24, cores: 4 }), { seconds: 2, others: 3, cores: 4 });
  assert.equal(loadBetween(before, { at: 12, busy: 101, own: 24, cores: 4 })?.others, 0);
});

describe('the share of our cores that others had', () => {
  const part = (seconds: number, others: number, cores: number): LoadPart => ({ seconds, others, cores });
  const table: readonly (readonly [string, readonly LoadPart[], number, number | undefined])[] = [
    ['one of two cores', [part(10, 10, 2)], 2, 0.5],
    ['all of them at most', [part(10, 90, 2)], 2, 1],
    ['none where cores are free', [part(10, 20, 16)], 2, 0],
    ['what goes beyond the free ones', [part(10, 35, 4)], 1, 0.5],
    ['over all parts', [part(1, 1, 2), part(3, 0, 2)], 2, 0.125],
    ['more threads than cores', [part(10, 5, 2)], 8, 0.25],
    ['nothing seen', [], 2, undefined],
  ];
  for (const [name, parts, threads, expected] of table) {
    test(name, () => assert.equal(disturbance(parts, threads), expected));
  }
});
