/** The project's kernel in a process of its own, with a client that debugs it as JupyterLab does: requests on control, events on iopub. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from 'iekd/dist/kernel/messages';
import type { Message } from 'iekd/dist/kernel/server/wire/protocol';
import { makeFolder, ROOT } from '../../notebook/cells';
import { connectionFile, TestClient } from '../server/testClient';

const LAUNCH = join(ROOT, 'lib/kernel/jupyter/kernels/tslab/launch.cjs');

/** A kernel that has just started compiles its first cell late on a busy machine. */
const PATIENCE_MS = 60_000;

export interface Frame {
  readonly id: number;
  readonly name: string;
  readonly line: number;
  readonly source: { readonly name: string; readonly path: string };
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
}

export const textsOf = (variables: readonly Variable[]): readonly string[] =>
  variables.map(({ name, value }) => `${name} = ${value}`);

export class DebuggedKernel {
  private seq = 0;
  private passed = 0;

  constructor(
    readonly client: TestClient,
    readonly child: ChildProcess,
    readonly folder: string,
    private readonly remove: () => void,
  ) {}

  /** The body of the response, or an error with its message. */
  async ask<T = JsonObject>(command: string, args: JsonObject = {}): Promise<T> {
    const request = { type: 'request', seq: ++this.seq, command, arguments: args };
    const reply = await this.client.reply(this.client.send('debug_request', request, { channel: 'control' }), PATIENCE_MS);
    const { type, request_seq, success, message, body } = reply.content;
    if (type !== 'response' || request_seq !== request.seq) throw new Error(`no response: ${JSON.stringify(reply.content)}`);
    if (success !== true) throw new Error(String(message));
    return body as T;
  }

  /** The next event of this name; those before it are passed over. */
  async event(name: string): Promise<JsonObject> {
    return this.taken(({ type, content }) => type === 'debug_event' && content['event'] === name, `the event ${name}`);
  }

  /** The next stop; undefined where the cell ends before. */
  async stopped(cell?: string): Promise<JsonObject | undefined> {
    const isStop = ({ type, content }: Message): boolean => type === 'debug_event' && content['event'] === 'stopped';
    const isEnd = ({ type, parentId, content }: Message): boolean =>
      type === 'status' && parentId === cell && content['execution_state'] === 'idle';
    const body = await this.taken((message) => isStop(message) || isEnd(message), 'a stop');
    return 'reason' in body ? body : undefined;
  }

  private async taken(fits: (message: Message) => boolean, what: string): Promise<JsonObject> {
    const isNew = (message: Message): boolean => this.client.seen.indexOf(message) >= this.passed && fits(message);
    const found = await this.client.find(isNew, what, PATIENCE_MS);
    this.passed = this.client.seen.indexOf(found) + 1;
    return (found.content['body'] ?? {}) as JsonObject;
  }

  /** Runs a cell; the lines at which it stops, and what it said. */
  async lines(code: string, step = 'continue'): Promise<{ readonly lines: readonly number[]; readonly said: string }> {
    const cell = this.start(code);
    const lines: number[] = [];
    while (await this.stopped(cell)) {
      const [top] = await this.frames();
      lines.push(top?.line ?? 0);
      await this.ask(step, { threadId: 1 });
    }
    return { lines, said: await this.output(cell) };
  }

  async attach(): Promise<void> {
    await this.ask('initialize', { clientID: 'jupyterlab', linesStartAt1: true, columnsStartAt1: true, pathFormat: 'path' });
    await this.ask('attach');
  }

  /** Sets breakpoints in a cell, as a click does. @returns the path of its code */
  async breakIn(code: string, ...breakpoints: readonly (number | JsonObject)[]): Promise<string> {
    const { sourcePath } = await this.ask<{ sourcePath: string }>('dumpCell', { code });
    await this.breakAt(sourcePath, ...breakpoints);
    return sourcePath;
  }

  async breakAt(path: string, ...breakpoints: readonly (number | JsonObject)[]): Promise<JsonObject[]> {
    const list = breakpoints.map((one) => (typeof one === 'number' ? { line: one } : one));
    const body = await this.ask<{ breakpoints: JsonObject[] }>('setBreakpoints', { source: { path }, breakpoints: list });
    return body.breakpoints;
  }

  /** A file beside the cells. @returns its path */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts a cell. @returns its request's number */
  start(code: string): string {
    return this.client.send('execute_request', { code, silent: false });
  }

  /** Starts a cell that prints something, and waits for that. */
  async begun(code: string): Promise<string> {
    const cell = this.start(code);
    await this.client.find(({ type, parentId }) => type === 'stream' && parentId === cell, 'an output', PATIENCE_MS);
    return cell;
  }

  /** What was printed and shown for a request that has ended. */
  async output(id: string): Promise<string> {
    await this.client.idle(id, PATIENCE_MS);
    const texts = this.client.published(id).map(({ type, content }) => {
      if (type === 'stream') return String(content['text']);
      if (type === 'error') return `${String(content['ename'])}: ${String(content['evalue'])}`;
      return type === 'execute_result' ? String((content['data'] as JsonObject)['text/plain']) : '';
    });
    return texts.join('');
  }

  /** Where it is stopped, the innermost frame first. */
  async frames(): Promise<readonly Frame[]> {
    const { stackFrames } = await this.ask<{ stackFrames: Frame[] }>('stackTrace', { threadId: 1 });
    return stackFrames;
  }

  /** Variables of the innermost frame, by scope: `name = value`. */
  async scopes(): Promise<Record<string, readonly string[]>> {
    const [frame] = await this.frames();
    const { scopes } = await this.ask<{ scopes: Variable[] }>('scopes', { frameId: frame?.id });
    const found: Record<string, readonly string[]> = {};
    for (const { name, variablesReference } of scopes) found[name] = textsOf(await this.variables(variablesReference));
    return found;
  }

  async variables(variablesReference: number | undefined): Promise<readonly Variable[]> {
    const { variables } = await this.ask<{ variables: Variable[] }>('variables', { variablesReference });
    return variables;
  }

  /** A value as text, in the innermost frame while it is stopped. */
  async evaluate(expression: string, context = 'repl'): Promise<Variable> {
    const [frame] = await this.frames();
    const { result, ...rest } = await this.ask<Variable & { result: string }>('evaluate', {
      expression,
      context,
      frameId: frame?.id,
    });
    return { ...rest, value: result };
  }

  async close(): Promise<void> {
    this.client.close();
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    this.remove();
    if (this.client.complaints.length > 0) throw this.client.complaints[0];
  }
}

/** A port that somebody else took in the meantime is tried again with others. */
export async function debuggedKernel(attempts = 3): Promise<DebuggedKernel> {
  const { folder, remove } = makeFolder();
  const { path, ports } = await connectionFile(folder);
  const env = { ...process.env, JUPYTER_DATA_DIR: folder };
  const child = spawn(process.execPath, [LAUNCH, path], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const kernel = new DebuggedKernel(new TestClient(ports), child, folder, remove);
  const isWelcome = ({ type }: Message): boolean => type === 'iopub_welcome';
  const welcome = kernel.client.find(isWelcome, 'a welcome', PATIENCE_MS).then(() => true);
  if (await Promise.race([welcome, once(child, 'exit').then(() => false)])) return kernel;
  void welcome.catch(() => undefined);
  await kernel.close();
  if (attempts === 1) throw new Error('expected a kernel that starts, received none');
  return debuggedKernel(attempts - 1);
}
