/** Made-up pieces on made-up workers, followed by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { finishTime } from 'iekd/dist/bench/scaling/pieceSchedule';

describe('finishTime', () => {
  const cases: readonly [what: string, pieces: readonly number[], workers: number, finish: number][] = [
    ['one worker does all', [3, 1, 2], 1, 6],
    ['no pieces', [], 2, 0],
    ['equal pieces end together', [2, 2, 2, 2], 2, 4],
    ['one piece each: the longest', [1, 5, 2], 3, 5],
    // Worker 0 has 4 and 4, worker 1 has 1 and 1: at 2 it takes the second 4, and is done with it at 6.
    ['who is done takes what the others have not begun', [4, 4, 1, 1], 2, 6],
    // Worker 1 is free at 2 and takes worker 2's second piece; so worker 2 is free at 3 and takes worker 0's second: 3 + 9.
    ['the right neighbour comes first', [9, 9, 1, 1, 3, 3], 3, 12],
    // Worker 2 goes on to worker 0, whose second piece it takes at 2.
    ['the last one has the first as its neighbour', [4, 5, 4, 4, 1, 1], 3, 8],
    // All free at 1: worker 0 takes its own second piece, worker 1 its own, and both end at 2.
    ['those who come at once are served by number', [1, 1, 1, 1], 2, 2],
    // A piece of 10 is at the end of worker 0's run: nobody has it before worker 1 takes it at 2.
    ['a long piece at the end holds up', [1, 1, 10, 1, 1, 1], 2, 12],
  ];
  for (const [what, pieces, workers, finish] of cases) it(what, () => assert.equal(finishTime(pieces, workers), finish));

  it('refuses pieces that cannot be dealt out equally', () => {
    const message = 'finishTime: pieces: expected a multiple of 2, received 3';
    assert.throws(() => finishTime([1, 2, 3], 2), { name: 'InputError', message });
  });
});
