/**
 * The steps of claims in every order, and by a thousand processes in virtual time: two never have one claim, each run is done once and none
 * is lost, whoever is killed between which two operations, and whatever the clocks say.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Content, type End, endOf, keep, letGo, run, type Steps, take } from 'iekd/dist/util/locks/lockSteps.cjs';
import { simulate } from '../fixtures/claimWorkers';
import { type Disk, everyOrder, performOn, processNumber } from '../fixtures/claimWorld';

const [A, B, C, DEAD] = [1, 2, 3, 13].map(processNumber) as [Content, Content, Content, Content];
const deadDisk = (): Disk => new Map([['run', { text: JSON.stringify(DEAD), counter: 0 }]]);
/** Everybody but those named is alive. */
const held =
  (...dead: readonly Content[]) =>
  ({ content }: End): boolean =>
    dead.every(({ token }) => token !== content?.token);
const holderOn = (disk: Disk): string | undefined => run(endOf('run'), (step) => performOn(disk, step))?.content?.host;

describe('in every order of their operations', () => {
  const taker = (content: Content) => take('run', content, held(DEAD));

  for (const [name, before] of [
    ['a free claim', (): Disk => new Map()],
    ['the claim of one that is dead', deadDisk],
  ] as const) {
    test(`two that take ${name}: exactly one has it, and nothing of the other is left`, () => {
      const orders = everyOrder(
        () => [taker(A), taker(B)],
        before(),
        [],
        (won, disk) => {
          assert.deepEqual([...won].sort(), [false, true]);
          assert.equal(holderOn(disk), won[0] ? A.host : B.host);
          assert.equal(disk.size, before().size + 1);
        },
      );
      assert.ok(orders > 5, `${orders} orders`);
    });
  }

  test('one takes the claim of one that was thought dead and now lets it go: at most one has it', () => {
    const seen = new Set<string>();
    const lettingGo = function* (): Steps<undefined> {
      yield* letGo('run', DEAD, C.token);
    };
    const programs = (): Steps<boolean | undefined>[] => [taker(A), lettingGo()];
    everyOrder<boolean | undefined>(programs, deadDisk(), [], ([won], disk) => {
      const holder = holderOn(disk);
      assert.equal(holder, won ? A.host : undefined);
      seen.add(String(won));
    });
    assert.deepEqual([...seen].sort(), ['false', 'true'], 'both happen');
  });

  test('two take it and one of them lets it go, while it is asked whether it is still another’s', () => {
    const once = function* (content: Content): Steps<boolean> {
      const won = yield* taker(content);
      if (won) yield* letGo('run', content, C.token);
      return won;
    };
    everyOrder<boolean>(
      () => [once(A), keep('run', DEAD, true)],
      deadDisk(),
      [],
      ([won], disk) => {
        const holder = holderOn(disk);
        assert.ok(holder === undefined || (holder === DEAD.host && won !== undefined), String(holder));
      },
    );
  });

  for (let after = 0; after < 9; after++) {
    test(`one is killed after ${after} operations of taking and letting go: the next has it`, () => {
      const program = function* (): Steps<boolean> {
        const won = yield* taker(A);
        if (won) yield* letGo('run', A, '00000000000000aa');
        return won;
      };
      everyOrder<boolean>(
        () => [program()],
        deadDisk(),
        [after],
        (_, disk) => {
          const isAlive = held(DEAD, A, { ...A, token: '00000000000000aa' });
          assert.equal(
            run(take('run', B, isAlive), (step) => performOn(disk, step)),
            true,
          );
          assert.equal(holderOn(disk), B.host);
        },
      );
    });
  }
});

test('a thousand processes do ten thousand runs, killed, standing still, not heard: each once, and none is lost', () => {
  const { runs, open, done, twice, late, kills, lost } = simulate({ runs: 10_000, workers: 1000, seed: 7 });
  assert.deepEqual([done, open], [runs, 0], 'none is lost');
  assert.equal(twice, late, 'each once, but for those who were taken for gone between their last look and the end');
  assert.ok(late <= 2, `${late}`);
  assert.ok(kills > 100 && lost > 10, `${kills} kills, ${lost} claims that were lost`);
});
