/** Jobs in threads or on this one: the same results in the same order, as a list or however many, and the first error. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type JobRunner, jobRunner } from 'iekd/dist/data/workers/jobRunner';

interface Job {
  readonly wait?: number;
  readonly add?: readonly number[];
  readonly refuse?: string;
}

const MODULE = join(__dirname, '..', '..', 'fixtures', 'poolWork.cjs');
const { work } = require(MODULE) as { work: (job: Job) => Promise<number> };
const runner = (workers: number): JobRunner<Job, number> => jobRunner({ where: 'here', module: MODULE, workers, work });

/** Jobs one after the other, and how far they were taken. */
function* counted(count: number, taken: { jobs: number }, failing = -1): Generator<Job, void, void> {
  for (let i = 0; i < count; i++) {
    taken.jobs++;
    yield i === failing ? { refuse: `job ${i}` } : { wait: i % 3, add: [i, 1] };
  }
}

for (const workers of [0, 1, 3]) {
  describe(`${workers} threads`, () => {
    test('a list', async () => {
      const some = runner(workers);
      assert.deepEqual(
        await some.run([...counted(20, { jobs: 0 })]),
        [...Array(20).keys()].map((i) => i + 1),
      );
      assert.deepEqual(await some.run([]), []);
      const failing = some.run([{ wait: 20, refuse: 'the first' }, { refuse: 'the second' }]);
      await assert.rejects(failing, { name: 'InputError', message: 'the first' });
      await some.close();
    });

    test('however many, taken as threads have room, and no further after the first error', async () => {
      const [some, taken] = [runner(workers), { jobs: 0 }];
      const seen: number[] = [];
      for await (const [job, result] of some.each(counted(200, taken))) {
        assert.equal(result, (job.add?.[0] ?? 0) + 1);
        assert.ok(taken.jobs - seen.length <= 2 * Math.max(1, 16 * workers), `${taken.jobs} taken, ${seen.length} done`);
        seen.push(result);
      }
      assert.deepEqual(
        seen,
        [...Array(200).keys()].map((i) => i + 1),
      );
      taken.jobs = 0;
      await assert.rejects(
        async () => {
          for await (const [, result] of some.each(counted(1000, taken, 5))) assert.ok(result > 0);
        },
        { message: 'job 5' },
      );
      assert.ok(taken.jobs <= 6 + 2 * 16 * Math.max(1, workers), String(taken.jobs));
      await some.close();
    });
  });
}
