/**
 * Questions to the user: main waits until one is answered. The front end that runs the cell is asked, and its answer alone counts;
 * `input_reply` names no parent in some front ends, so the sender's identity decides.
 */
import type { InputAnswer, ToServer } from '../messages';
import type { CellRequest } from './requestLog';
import type { Outbox } from './wire/outbox';
import type { Message } from './wire/protocol';

type Question = Extract<ToServer, { type: 'input' }>;

export interface InputRequests {
  /** @param cell the cell that asks; undefined where it has ended */
  ask(question: Question, cell: CellRequest | undefined): void;
  /** Takes a message of the channel. */
  take(message: Message): void;
  /** Answers an open question with nothing. */
  cancel(reason: string): void;
}

const NOT_RUNNING = 'the cell that asks has ended: only a running cell can be answered';
const NOT_CONNECTED = 'this front end has no stdin channel';
const NO_STDIN = 'this front end cannot be asked (allow_stdin is false)';

export function inputRequests(askInput: Outbox['askInput'], answer: (answer: InputAnswer) => void): InputRequests {
  let open: { readonly identities: string; id?: string } | undefined;

  function close(value: InputAnswer): void {
    open = undefined;
    answer(value);
  }
  return {
    ask({ prompt, password }, cell) {
      if (!cell) return answer({ value: undefined, reason: NOT_RUNNING });
      if (!cell.allowStdin) return answer({ value: undefined, reason: NO_STDIN });
      const question: typeof open = { identities: named(cell.request) };
      open = question;
      void askInput(cell.request, { prompt, password }).then((id) => {
        if (id !== undefined) question.id = id;
        else if (open === question) close({ value: undefined, reason: NOT_CONNECTED });
      });
    },
    take({ type, content, parentId, ...message }) {
      const { value } = content;
      if (type !== 'input_reply' || !open || named(message) !== open.identities || typeof value !== 'string') return;
      if (parentId === '' || open.id === undefined || parentId === open.id) close({ value });
    },
    cancel(reason) {
      if (open) close({ value: undefined, reason });
    },
  };
}

const named = ({ identities }: Pick<Message, 'identities'>): string =>
  identities.map((identity) => Buffer.from(identity).toString('hex')).join('.');
