/** A pool of threads: results in any order, errors of jobs and ends of threads as errors of their jobs, no thread that stays. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type WorkerPool, workerPool } from 'iekd/dist/data/workers/workerPool';

interface Job {
  readonly wait?: number;
  readonly add?: readonly number[];
  readonly fill?: number;
  readonly refuse?: string;
  readonly fail?: string;
  readonly exit?: number;
  readonly hang?: boolean;
}

const MODULE = join(__dirname, '..', '..', 'fixtures', 'poolWork.cjs');
const pool = (threads: number, idle?: number): WorkerPool<Job, number> =>
  workerPool({ where: 'here', module: MODULE, threads, ...(idle === undefined ? {} : { idle }) });

test('no thread before the first job, never more than asked for, none after close; the next job starts new ones', async () => {
  const two = pool(2);
  assert.equal(two.alive(), 0);
  const ids = await Promise.all(Array.from({ length: 12 }, () => two.run({ wait: 5 })));
  assert.deepEqual([two.alive(), new Set(ids).size], [2, 2]);
  await two.close();
  assert.equal(two.alive(), 0);
  assert.equal(await two.run({ add: [1, 2] }), 3);
  await two.close();
});

test('results are those of their jobs, whichever comes first', async () => {
  const two = pool(2);
  const sums = await Promise.all([40, 1, 20, 0, 10].map((wait, i) => two.run({ wait, add: [i, 100] })));
  assert.deepEqual(sums, [100, 101, 102, 103, 104]);
  await two.close();
});

test('many jobs, several in a message: results and errors in their order, those of a dead thread of its message alone', async () => {
  const two = pool(2);
  const jobs = Array.from({ length: 21 }, (_, i): Job => (i === 6 ? { refuse: 'six' } : { wait: (i * 5) % 7, add: [i] }));
  const seen = await two.runAll(jobs);
  assert.deepEqual(
    seen.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message)),
    jobs.map((_, i) => (i === 6 ? 'six' : i)),
  );
  assert.deepEqual(await two.runAll([]), []);
  const ended = await two.runAll([{ wait: 2000 }, { exit: 1 }, { wait: 100, add: [7] }, { add: [8] }]);
  assert.deepEqual(
    ended.map(({ status }) => status),
    ['rejected', 'rejected', 'fulfilled', 'fulfilled'],
  );
  await two.close();
});

test('results that are handed over', async () => {
  const one = workerPool<Job, Uint8Array>({ where: 'here', module: MODULE, threads: 1 });
  assert.deepEqual([...(await one.run({ fill: 3 }))], [3, 3, 3, 3]);
  await one.close();
});

test('errors of jobs keep name and message; the thread goes on', async () => {
  const one = pool(1);
  const [refused, failed, fine] = await Promise.allSettled([
    one.run({ refuse: 'a.xml: line 3: expected x, received y' }),
    one.run({ fail: 'no such thing' }),
    one.run({ add: [1] }),
  ]);
  assert.ok(refused.status === 'rejected' && failed.status === 'rejected' && fine.status === 'fulfilled');
  assert.deepEqual([refused.reason.name, refused.reason.message], ['InputError', 'a.xml: line 3: expected x, received y']);
  assert.deepEqual([failed.reason.name, failed.reason.message], ['TypeError', 'no such thing']);
  assert.match(failed.reason.stack, /poolWork\.cjs/);
  await assert.rejects(one.run({ add: [(() => 1) as never] }), { name: 'DataCloneError' });
  assert.equal(await one.run({ add: [2] }), 2);
  assert.equal(one.alive(), 1);
  await one.close();
});

test('a thread that dies is an error of its jobs in a sentence; the next job has a new one', async () => {
  const one = pool(1);
  const jobs = await Promise.allSettled([one.run({ exit: 3 }), one.run({ wait: 1000 })]);
  const message =
    'here: expected a worker thread that goes on, received its end with code 3; workers: 0 reads on the main thread';
  for (const job of jobs)
    assert.ok(job.status === 'rejected' && job.reason.name === 'InputError' && job.reason.message === message);
  assert.equal(await one.run({ add: [4] }), 4);
  await one.close();
});

test('a module that cannot be loaded is an error of every job', async () => {
  const none = workerPool<Job, number>({ where: 'here', module: join(__dirname, 'missing.js'), threads: 1 });
  await assert.rejects(none.run({}), /^InputError: here: expected a worker thread that goes on, received Cannot find module/);
});

test('close ends threads that do not end by themselves, and their jobs', async () => {
  const one = pool(1);
  const job = one.run({ hang: true });
  await Promise.all([assert.rejects(job, /received its end with code [01]/), pause(200).then(() => one.close())]);
  assert.equal(one.alive(), 0);
});

test('a job that comes while threads end is done by new ones', async () => {
  const one = pool(1);
  await one.run({ add: [1] });
  const closed = one.close();
  assert.equal(await one.run({ add: [2] }), 2);
  await closed;
  await one.close();
});

test('threads without a job for a while end', async () => {
  const one = pool(1, 0.05);
  await one.run({ add: [1] });
  assert.equal(one.alive(), 1);
  await pause(1000);
  assert.equal(one.alive(), 0);
});

test('a process with a pool ends as soon as its jobs are done, and waits for them', () => {
  const path = require.resolve('iekd/dist/data/workers/workerPool');
  const program = `
    const { workerPool } = require(${JSON.stringify(path)});
    const pool = workerPool({ where: 'here', module: ${JSON.stringify(MODULE)}, threads: 2, idle: 1000 });
    Promise.all([pool.run({ wait: 300, add: [1] }), pool.run({ add: [2] })]).then((sums) => console.log(sums.join(' ')));`;
  const started = performance.now();
  const { stdout, status } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8', timeout: 30_000 });
  assert.deepEqual([stdout.trim(), status], ['1 2', 0]);
  assert.ok(performance.now() - started < 20_000);
});

test('no threads are no pool', () =>
  assert.throws(() => pool(0), { name: 'InputError', message: 'here: workers: expected an integer in [1, 256], received 0' }));
