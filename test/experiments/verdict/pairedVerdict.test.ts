/** Verdicts from paired differences, against scipy and statsmodels (`paired_verdict.py` prints them), and what the claims are of. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BUDGETS, budgetNamed } from 'iekd/dist/experiments/budgets';
import { rowsOn } from 'iekd/dist/experiments/experiment';
import { experimentNamed } from 'iekd/dist/experiments/paper';
import { type RunPlan, withSeed } from 'iekd/dist/experiments/runPlan';
import { runStore } from 'iekd/dist/experiments/store/runStore';
import { claimVerdicts } from 'iekd/dist/experiments/verdict/claimVerdicts';
import { pairedPower, pairedVerdict } from 'iekd/dist/experiments/verdict/pairedVerdict';
import { PAPER_CLAIMS } from 'iekd/dist/experiments/verdict/paperClaims';
import { iekd } from '../../cli/command';
import { madeUpRecord } from '../../fixtures/madeUpRecords';

const root = mkdtempSync(join(tmpdir(), 'iekd-verdict-'));
after(() => rmSync(root, { recursive: true }));

const near = (received: number | undefined, expected: number): void =>
  assert.ok(
    received !== undefined && Math.abs(received - expected) < 1e-7 * Math.max(1, Math.abs(expected)),
    `${received} and ${expected}`,
  );

const GOLDEN = [
  { of: [-0.5, -0.3, -0.8], low: -1.1584942812709111, high: 0.09182761460424438, effect: -2.1192517713040697, needed: 5 },
  { of: [0.1, -0.2, 0.3, 0.05], low: -0.2647340515801873, high: 0.3897340515801873, effect: 0.30391533692741546, needed: 87 },
  {
    of: [1.2, 0.8, 1.5, 1.1, 0.9],
    low: 0.7599563096708724,
    high: 1.4400436903291278,
    effect: 4.016632088371219,
    needed: undefined,
  },
] as const;

describe('pairedVerdict', () => {
  for (const { of, low, high, effect, needed } of GOLDEN) {
    test(`of ${of.join(', ')}`, () => {
      const found = pairedVerdict(of, 'higher');
      near(found.interval.low, low);
      near(found.interval.high, high);
      near(found.effect, effect);
      assert.equal(found.needed, needed);
      assert.equal(found.verdict, needed === undefined ? 'holds' : 'not decided');
    });
  }

  const powers = [
    [-2.1192517713040697, 3, 0.5074382274071136],
    [-2.1192517713040697, 5, 0.9352683746577495],
    [0.30391533692741546, 10, 0.1384542039734783],
    [0.30391533692741546, 40, 0.46610150162034],
  ] as const;
  for (const [effect, n, power] of powers)
    test(`the power of ${n} pairs at an effect of ${effect.toFixed(2)}`, () => near(pairedPower(effect, n), power));

  test('which sign is better decides between holds and does not hold', () => {
    const [, , all] = GOLDEN;
    assert.equal(pairedVerdict(all.of, 'lower').verdict, 'does not hold');
    assert.equal(
      pairedVerdict(
        all.of.map((x) => -x),
        'lower',
      ).verdict,
      'holds',
    );
  });

  test('a single pair, and pairs that are equal, decide nothing that spread would have to tell', () => {
    assert.deepEqual(pairedVerdict([-3], 'lower'), {
      verdict: 'not decided',
      interval: { n: 1, mean: -3, error: undefined, low: undefined, high: undefined },
      effect: undefined,
      needed: undefined,
    });
    assert.deepEqual([pairedVerdict([0, 0], 'lower').verdict, pairedVerdict([0, 0], 'lower').needed], ['not decided', undefined]);
  });

  test('refuses no differences, and one that is not finite', () => {
    assert.throws(() => pairedVerdict([], 'lower'), /expected at least 1 value, received 0/);
    assert.throws(() => pairedVerdict([1, Number.NaN], 'lower'), /expected a finite number/);
    assert.throws(() => pairedPower(1, 1), /^InputError: pairedPower: n: /);
  });
});

describe('the paper’s claims', () => {
  for (const { experiment, better, than } of PAPER_CLAIMS) {
    test(`${experiment}: ${better} and ${than} are rows of one group`, () => {
      const rows = rowsOn(experimentNamed(experiment), budgetNamed('paper'));
      const groups = (label: string): string[] => rows.filter((row) => row.plan && row.label === label).map(({ group }) => group);
      assert.ok(groups(better).some((group) => groups(than).includes(group)));
    });
  }

  test('are held against the runs of a store, and printed with their budget', () => {
    const place = { runs: join(root, 'runs'), results: join(root, 'results') };
    const store = runStore(place);
    const rows = rowsOn(experimentNamed('figure1b'), budgetNamed('smoke'));
    const plan = (label: string): RunPlan => rows.find((row) => row.label === label)?.plan ?? assert.fail(label);
    const errors = { alone: [20, 21, 22], FT: [18, 19.1, 20.2], 'IE-FT': [18.1, 18.9] };
    for (const [label, of] of Object.entries(errors))
      for (const [seed, error] of of.entries())
        store.save(madeUpRecord(withSeed(plan(label), seed), { top1: [1 - error / 100] }));
    const found = claimVerdicts({ ...BUDGETS['smoke'], seeds: [0, 1, 2] } as ReturnType<typeof budgetNamed>, store);
    const told = found
      .filter(({ experiment }) => experiment === 'figure1b')
      .map(({ better, found: one }) => [better, one?.verdict, one?.interval.n]);
    assert.deepEqual(told, [
      ['FT', 'holds', 3],
      ['IE-FT', 'not decided', 2],
    ]);
    store.publish(
      'figure1b',
      [0, 1].flatMap((seed) => ['FT', 'alone'].flatMap((label) => store.find(withSeed(plan(label), seed)) ?? [])),
    );
    const { code, stdout, stderr } = iekd(
      ['verdict', '--budget', 'smoke', '--kept', '--runs', place.runs, '--results', place.results],
      { COLUMNS: '200' },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /figure1b, ResNet-14 → ResNet-8 +FT better than alone +2 +−1\.95 \[−2\.59, −1\.31\] +−27\.58 +holds +–/);
    assert.match(stdout, /Runs of budget smoke, not the paper’s epochs: says nothing of those\./);
    assert.match(iekd(['verdict', '--budget', 'tiny']).stderr, /^iekd: --budget: expected one of /);
  });
});
