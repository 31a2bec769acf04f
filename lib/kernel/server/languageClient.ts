/** Asks the language thread, by messages. Its methods are those of `Language`, as promises. */
import type { MessagePort } from 'node:worker_threads';
import type { Language, LanguageReply } from '../messages';

export type LanguageClient = {
  readonly [Method in keyof Language]: (...args: Parameters<Language[Method]>) => Promise<ReturnType<Language[Method]>>;
};

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** Calls reject where the language thread tells of an error of its own, or has ended. */
export function languageClient(port: MessagePort): LanguageClient {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let ended = false;

  port.on('message', ({ id, value, error }: LanguageReply) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value as never);
    else call?.reject(new Error(error));
  });
  port.on('close', () => {
    ended = true;
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  });
  const call =
    <Method extends keyof Language>(method: Method) =>
    (...args: Parameters<Language[Method]>): Promise<ReturnType<Language[Method]>> =>
      new Promise((resolve, reject) => {
        if (ended) return reject(gone());
        waiting.set(++count, { resolve, reject });
        port.postMessage({ id: count, method, args });
      });
  return {
    compile: call('compile'),
    complete: call('complete'),
    inspect: call('inspect'),
    isComplete: call('isComplete'),
    isCaught: call('isCaught'),
    compileFile: call('compileFile'),
  };
}

const gone = (): Error => new Error('the language thread has ended; restart the kernel');
