/** A thread of a pool: does the jobs that come in their order, two at a time, so that one computes while the other waits for its file. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JobAnswer, JobMessage, JobReply, PoolModule, ThreadData } from './poolMessages';

/** More would hold more pictures in memory, and no core is free for them. */
const AT_ONCE = 2;

/** A job, and where its answer goes. */
type Waiting = readonly [job: unknown, answered: (answer: JobAnswer) => void];

const port = parentPort;
if (port) {
  const { work, transfers } = require((workerData as ThreadData).module) as PoolModule;
  const waiting: Waiting[] = [];
  let running = 0;

  const next = (): void => {
    const [job, answered] = (running < AT_ONCE ? waiting.shift() : undefined) ?? [];
    if (!answered) return;
    running++;
    void answerOf(job, work).then((answer) => {
      running--;
      answered(answer);
      next();
    });
  };

  port.on('message', ({ id, jobs }: JobMessage) => {
    const answers: JobAnswer[] = [];
    let left = jobs.length;
    const send = (): void => {
      const moved = answers.flatMap((answer) => ('result' in answer && transfers?.(answer.result as never)) || []);
      port.postMessage({ id, answers } satisfies JobReply, moved);
    };
    for (const [i, job] of jobs.entries()) {
      waiting.push([
        job,
        (answer) => {
          answers[i] = answer;
          if (--left === 0) send();
        },
      ]);
      next();
    }
  });
}

async function answerOf(job: unknown, work: PoolModule['work']): Promise<JobAnswer> {
  try {
    return { result: await work(job) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { error: { name, message, stack } };
  }
}
