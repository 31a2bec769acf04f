/** A program that answers questions, a JSON value a line: what is measured lives in it from question to question. It may hang; nobody waits for ever. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { InputError, isObject, refusePhrase } from '../../util/check';
import { interruptSignal } from '../../util/stopSignal';

/** What it says. */
export type Answer = Readonly<Record<string, unknown>>;

export interface BenchProcess {
  readonly pid: number | undefined;
  /** The next line, after a question if there is one. @throws SilentProcess where none came; the process has ended then */
  ask(question: object | undefined, limitMs: number): Promise<Answer>;
  end(): void;
}

/** A program that gave no answer: it took too long, ended, or said something else. */
export class SilentProcess extends InputError {}

/** @param name in errors */
export function benchProcess(name: string, file: string, words: readonly string[], env = process.env): BenchProcess {
  const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'], env, windowsHide: true });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = new Promise<string>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, signal) => resolve(`its end with ${signal ?? `exit code ${code}`}${lastLine(complaints)}`));
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  child.stdin.on('error', () => undefined); // its end says why
  const release = interruptSignal().onRequest(() => child.kill('SIGKILL'));
  const end = (): void => {
    release();
    child.kill('SIGKILL');
  };
  return {
    pid: child.pid,
    end,
    async ask(question, limitMs) {
      if (question) child.stdin.write(`${JSON.stringify(question)}\n`);
      const line = await within(limitMs, lines.next());
      if (typeof line === 'object' && !line.done) return answerOf(name, line.value);
      end();
      const received = line === LATE ? `none within ${Math.round(limitMs / 1000)} s` : await ended;
      throw silent(name, received);
    },
  };
}

const silent = (name: string, received: string): SilentProcess =>
  new SilentProcess(refusePhrase(name, 'an answer', received).message);

function answerOf(name: string, line: string): Answer {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // told below
  }
  throw silent(name, `"${line.slice(0, 200)}"`);
}

const lastLine = (text: string): string => {
  const line = text.trimEnd().split('\n').at(-1)?.trim();
  return line ? `: ${line}` : '';
};

const LATE = 'late';

async function within<T>(limitMs: number, answer: Promise<T>): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
