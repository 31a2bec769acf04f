/**
 * The two threads beside the server, made up: a language that knows a few words, and a main that runs a cell as a function of `kernel`,
 * with which it writes, asks and fails as a real one would.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import {
  type CommEvent,
  type CompileResult,
  type InputAnswer,
  type LanguageRequest,
  type Output,
  SHARED,
  type ToMain,
  type ToServer,
} from 'iekd/dist/kernel/messages';

/** A cell that contains `type error` does not compile; one that begins with `slow` never does. */
function compile({ number, source }: { number: number; source: string }): CompileResult {
  const column = source.indexOf('type error') + 1;
  if (column > 0) {
    const text = "Type 'string' is not assignable to type 'number'.";
    return { ok: false, diagnostics: [{ line: 1, column, length: 10, code: 2322, text, source }] };
  }
  return { ok: true, cell: { number, source, script: source, map: '', declares: [], imports: [] } };
}

const METHODS: Readonly<Record<string, (...args: never[]) => unknown>> = {
  compile,
  complete: (source: string, offset: number) => ({
    start: offset - 2,
    end: offset,
    matches: [{ text: `${source.slice(offset - 2, offset)}nsole`, kind: 'var', signature: 'var console: Console' }],
  }),
  inspect: (source: string, offset: number, detail: number) =>
    source === '' ? undefined : { plain: `${source} at ${offset}, detail ${detail}`, markdown: `**${source}**` },
  isComplete: (source: string) =>
    source.endsWith('{') ? { status: 'incomplete', indent: '  ' } : { status: 'complete', indent: '' },
};

export function fakeLanguage(port: MessagePort): void {
  port.on('message', ({ id, method, args }: LanguageRequest) => {
    if (String((args[0] as { source?: string }).source ?? args[0]).startsWith('slow')) return;
    try {
      port.postMessage({ id, value: METHODS[method]?.(...(args as unknown as never[])) });
    } catch (error) {
      port.postMessage({ id, error: String(error) });
    }
  });
}

/** What a cell of the tests works with. */
export interface FakeKernel {
  stream(text: string, name?: 'stdout' | 'stderr'): void;
  result(text: string): void;
  output(message: Output['message'], content: object, extra?: Partial<Output>): void;
  input(prompt: string): InputAnswer;
  /** Whether it was asked to stop, by message. */
  interrupted(): Promise<void>;
  readonly stop: () => number;
  readonly comms: readonly CommEvent[];
  expressions: object;
}

/** Main waits while more than this is under way. */
const MOST_QUEUED = 32 * 2 ** 20;

export interface FakeMain {
  readonly received: readonly ToMain[];
}

export interface MainPorts {
  readonly server: MessagePort;
  readonly input: MessagePort;
  readonly shared: Int32Array;
}

/** @param ended is called when the server asks main to end the process */
export function fakeMain({ server, input, shared }: MainPorts, ended: () => void): FakeMain {
  const received: ToMain[] = [];
  const comms: CommEvent[] = [];
  let interrupts: (() => void)[] = [];
  const post = (message: ToServer): void => server.postMessage(message);

  function output(request: number, message: Output['message'], content: object, extra: Partial<Output> = {}): void {
    const bytes = JSON.stringify(content).length;
    for (let queued = Atomics.load(shared, SHARED.queued); queued > MOST_QUEUED; queued = Atomics.load(shared, SHARED.queued)) {
      Atomics.wait(shared, SHARED.queued, queued, 1000);
    }
    Atomics.add(shared, SHARED.queued, bytes);
    post({ type: 'output', request, message, content: content as Output['content'], bytes, ...extra });
  }
  function ask(request: number, prompt: string): InputAnswer {
    post({ type: 'input', request, prompt, password: false });
    for (;;) {
      const seen = Atomics.load(shared, SHARED.wake);
      const answer = receiveMessageOnPort(input);
      if (answer) return answer.message as InputAnswer;
      Atomics.wait(shared, SHARED.wake, seen, 10_000);
    }
  }
  async function execute({ request, cell }: Extract<ToMain, { type: 'execute' }>): Promise<void> {
    const kernel: FakeKernel = {
      stream: (text, name = 'stdout') => output(request, 'stream', { name, text }),
      result: (text) => output(request, 'execute_result', { data: { 'text/plain': text }, metadata: {} }),
      output: (message, content, extra) => output(request, message, content, extra),
      input: (prompt) => ask(request, prompt),
      interrupted: () => new Promise((done) => interrupts.push(done)),
      stop: () => Atomics.load(shared, SHARED.stop),
      comms,
      expressions: {},
    };
    try {
      const run = new Function('kernel', 'require', `return (async () => { ${cell.script}\n })();`);
      await run(kernel, require);
      post({ type: 'done', request, userExpressions: kernel.expressions as Output['content'] });
    } catch (error) {
      const { name, message } = error as Error;
      const failure = { ename: name, evalue: message, traceback: [`${name}: ${message}`] };
      post({ type: 'done', request, failure, userExpressions: {} });
    }
  }
  server.on('message', (message: ToMain) => {
    received.push(message);
    if (message.type === 'execute') void execute(message);
    else if (message.type === 'comm') comms.push(message);
    else if (message.type === 'shutdown') ended();
    else {
      post({ type: 'interrupted' });
      for (const done of interrupts) done();
      interrupts = [];
    }
  });
  post({ type: 'ready' });
  return { received };
}
