/**
 * Questions to whoever sits in front of the notebook: `prompt`, `confirm` and `alert`, as browsers have them. They are synchronous:
 * main waits in shared memory until the server has the answer (Jupyter's `input_request`), or the cell is interrupted.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { refusePhrase } from '../../util/check';
import { type InputAnswer, SHARED, type ToServer } from '../messages';
import type { CellContexts } from './cellContext';
import { interruption } from './stoppedError';

/** So often main looks for an answer that it was not woken for. */
const LOOK_MS = 100;

export interface InputOptions {
  readonly contexts: CellContexts;
  readonly post: (message: ToServer) => void;
  readonly port: MessagePort;
  readonly shared: Int32Array;
}

/** Functions that cells find among their globals. */
export interface Questions {
  /** @returns the answer, or `otherwise` where it is empty; null where there is neither */
  prompt(question?: string, otherwise?: string): string | null;
  /** @returns whether the answer was `y` or `yes` */
  confirm(question?: string): boolean;
  /** Waits until the front end says that it was read. */
  alert(text?: string): void;
}

export function questions(options: InputOptions): Questions {
  const ask = (name: string, text: string): string => answerTo(name, text, options);
  return {
    prompt(question = 'Prompt', otherwise) {
      const hint = otherwise === undefined ? '' : ` [${otherwise}]`;
      const answer = ask('prompt', `${question}${hint} `);
      return answer === '' ? (otherwise ?? null) : answer;
    },
    confirm: (question = 'Confirm') => /^y(es)?$/i.test(ask('confirm', `${question} [y/N] `).trim()),
    alert(text = 'Alert') {
      ask('alert', `${text} [Enter] `);
    },
  };
}

function answerTo(name: string, prompt: string, { contexts, post, port, shared }: InputOptions): string {
  const context = contexts.current();
  if (!context?.allowStdin) {
    throw refusePhrase(name, 'a front end that can be asked', 'one that cannot', 'give the value in the cell');
  }
  while (receiveMessageOnPort(port)); // an answer to a question that was interrupted
  post({ type: 'input', request: context.request, prompt, password: false });
  for (;;) {
    const seen = Atomics.load(shared, SHARED.wake);
    const answer = receiveMessageOnPort(port)?.message as InputAnswer | undefined;
    if (Atomics.load(shared, SHARED.stop) !== 0) throw interruption();
    if (answer?.value !== undefined) return answer.value;
    if (answer) throw refusePhrase(name, 'an answer', 'none', answer.reason);
    Atomics.wait(shared, SHARED.wake, seen, LOOK_MS);
  }
}
