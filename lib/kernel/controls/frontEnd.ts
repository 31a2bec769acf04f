/**
 * Whether there is a front end that has widgets. No message of the protocol asks for it; but a link of two entries of models is
 * followed by the front end alone, which then says that it has changed the second. So two layouts that nobody sees are linked.
 */
import type { Comm, KernelApi } from '../messages';
import { widgetKernel } from './kernelApi';
import { layoutState, linkState } from './kinds';
import { openModel } from './widgetProtocol';

/** Before it shows its first widget a front end loads the code for it, some from the network. */
const ANSWER_MS = 30_000;

interface Question {
  readonly answer: Promise<boolean>;
  heard(): void;
}

const present = new WeakSet<KernelApi>();
const asked = new WeakMap<KernelApi, Question>();

/** Resolves to true once a front end with widgets has answered; to false where there is no kernel, or no answer within 30 s. */
export function frontEndAnswers(): Promise<boolean> {
  const api = widgetKernel();
  if (!api) return Promise.resolve(false);
  if (present.has(api)) return Promise.resolve(true);
  const question = asked.get(api) ?? ask(api);
  asked.set(api, question);
  return question.answer;
}

/** Notes that a message has come from a front end. */
export function frontEndHeard(api: KernelApi): void {
  present.add(api);
  asked.get(api)?.heard();
}

function ask(api: KernelApi): Question {
  let heard = (): void => undefined;
  const waiting = new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_MS).unref();
    heard = () => {
      clearTimeout(timer);
      resolve(true);
    };
  });
  const comms = linkedLayouts(api);
  const answer = waiting.finally(() => {
    asked.delete(api);
    for (const comm of comms) comm.close();
  });
  return { answer, heard: () => heard() };
}

/** The link first: it is closed before what it links. */
function linkedLayouts(api: KernelApi): readonly Comm[] {
  const [source, target] = ['1px', null].map((width) => openModel(api, layoutState(width))) as [Comm, Comm];
  target.onMessage(() => frontEndHeard(api));
  return [openModel(api, linkState([source.id, 'width'], [target.id, 'width'])), source, target];
}
