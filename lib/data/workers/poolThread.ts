/** A thread of a pool: does the jobs that come in their order, two at a time, so that one computes while the other waits for its file. */
import { parentPort, workerData } from 'node:worker_threads';
import type { JobMessage, JobReply, PoolModule, ThreadData } from './poolMessages';

/** More would hold more pictures in memory, and no core is free for them. */
const AT_ONCE = 2;

const port = parentPort;
if (port) {
  const { work, transfers } = require((workerData as ThreadData).module) as PoolModule;
  const waiting: JobMessage[] = [];
  let running = 0;

  const next = (): void => {
    const message = running < AT_ONCE ? waiting.shift() : undefined;
    if (!message) return;
    running++;
    void reply(message, work).then((answer) => {
      port.postMessage(answer, answer.error ? [] : transfers?.(answer.result as never));
      running--;
      next();
    });
  };

  port.on('message', (message: JobMessage) => {
    waiting.push(message);
    next();
  });
}

async function reply({ id, job }: JobMessage, work: PoolModule['work']): Promise<JobReply> {
  try {
    return { id, result: await work(job) };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    return { id, error: { name, message, stack } };
  }
}
