/** Programs that the bench starts: one that is asked to stop does not leave them behind. */
import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { interruptSignal } from '../util/stopSignal';

const execute = promisify(execFile);

/** What a program has written. @throws its failure, also where it was ended because the process is to stop */
export async function runProgram(
  file: string,
  words: readonly string[],
  options: Pick<ExecFileOptions, 'env' | 'maxBuffer' | 'timeout'> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const running = execute(file, words, { ...options, encoding: 'utf8' });
  const release = interruptSignal().onRequest(() => running.child.kill('SIGKILL'));
  try {
    return await running;
  } finally {
    release();
  }
}
