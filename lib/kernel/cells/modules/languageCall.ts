/** Asks the language thread and waits for the answer, since `require` cannot: a message, and `Atomics.wait` until the reply is there. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { refusePhrase } from '../../../util/check';
import { type FileResult, type LanguageReply, type LanguageRequest, SHARED } from '../../messages';

/** Compiling a file takes much less, also while the thread is still loading TypeScript. */
const PATIENCE_MS = 60_000;
/** The language thread says when it has answered; so often main looks anyway. */
const LOOK_MS = 5;

/** @param port to the language thread, on which nothing else is sent; nobody listens to it */
export function compileFileCall(port: MessagePort, shared: Int32Array): (path: string) => FileResult {
  let id = 0;
  return (path) => {
    const request: LanguageRequest = { id: ++id, method: 'compileFile', args: [path] };
    port.postMessage(request);
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = Atomics.load(shared, SHARED.wake);
      const reply = receiveMessageOnPort(port)?.message as LanguageReply | undefined;
      if (reply?.id === id) {
        if (reply.error === undefined) return reply.value as FileResult;
        throw refusePhrase(path, 'a file that TypeScript can compile', reply.error);
      }
      // An earlier question may have been given up by an interrupt: its answer is passed over.
      if (!reply && performance.now() > until)
        throw refusePhrase(path, 'an answer of the language thread', 'none within a minute');
      if (!reply) Atomics.wait(shared, SHARED.wake, seen, LOOK_MS);
    }
  };
}
