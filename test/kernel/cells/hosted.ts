/** Cells run by the main thread of a kernel in a process of its own, and what it posted for them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { CompiledCell, Output, ToMain, ToServer } from 'iekd/dist/kernel/messages';
import { TYPESCRIPT } from '../../fixtures/typescript';
import type { Command } from './host';

const ROOT = resolve(__dirname, '../../..');

type Done = Extract<ToServer, { type: 'done' }> & { readonly count: number; readonly rss: number };
type Execute = Extract<ToMain, { type: 'execute' }>;

export interface Hosted {
  readonly folder: string;
  readonly child: ChildProcess;
  /** All that came, in order. */
  readonly messages: ToServer[];
  send(command: Command): void;
  /** Begins a cell. @returns its request */
  begin(script: string, more?: Partial<Execute>): number;
  /** Resolves with the first message that fits. */
  message(fits: (message: ToServer) => boolean): Promise<ToServer>;
  done(request: number): Promise<Done>;
  /** Runs a cell. */
  run(script: string, more?: Partial<Execute>): Promise<Done>;
  /** Outputs of a cell. */
  outputs(request: number): Output[];
  /** Waits for a text among the streams. */
  text(part: string): Promise<void>;
  end(): Promise<number | null>;
}

/** A script that is its own source. */
export function cellOf(number: number, script: string): CompiledCell {
  const lines = script.split('\n').map((_, i) => (i === 0 ? 'AAAA' : 'AACA'));
  const map = JSON.stringify({ version: 3, sources: [`cell-${number}.ts`], names: [], mappings: lines.join(';') });
  return { number, source: script, script: `${script}\n//# sourceURL=cell-${number}.ts`, map, declares: [], imports: [] };
}

export async function startHost(): Promise<Hosted> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-host-'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const args = [...TYPESCRIPT, '--enable-source-maps', '--expose-gc'];
  const child = spawn(process.execPath, [...args, join(__dirname, 'host.ts')], {
    cwd: folder,
    env: { ...process.env, ROOT },
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  });
  const [, , , from, to] = child.stdio as unknown as [null, null, null, Readable, Writable];
  to.on('error', () => undefined); // it has ended
  const messages: ToServer[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: from }).on('line', (line) => {
    messages.push(JSON.parse(line) as ToServer);
    for (const look of [...waiting]) look();
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  let count = 0;

  function until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((done, failed) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        done(found);
      };
      waiting.add(look);
      void ended.then((code) => failed(new Error(`the host has ended (${code})`)));
      look();
    });
  }
  const send = (command: Command): void => void to.write(`${JSON.stringify(command)}\n`);
  const begin: Hosted['begin'] = (script, more = {}) => {
    const request = ++count;
    send({
      type: 'execute',
      request,
      cell: cellOf(request, script),
      silent: false,
      allowStdin: false,
      userExpressions: {},
      ...more,
    });
    return request;
  };
  const outputs = (request: number): Output[] =>
    messages.filter(
      (message): message is Output & { type: 'output' } => message.type === 'output' && message.request === request,
    );
  const done = (request: number): Promise<Done> =>
    until(() => messages.find((message): message is Done => message.type === 'done' && message.request === request));
  await until(() => messages.find((message) => message.type === 'ready'));
  return {
    folder,
    child,
    messages,
    send,
    begin,
    done,
    outputs,
    message: (fits) => until(() => messages.find(fits)),
    run: (script, more) => done(begin(script, more)),
    text: async (part) => {
      await until(() => {
        const text = messages.map((message) => (message.type === 'output' ? String(message.content['text'] ?? '') : '')).join('');
        return text.includes(part) ? true : undefined;
      });
    },
    async end() {
      send({ type: 'shutdown', restart: false });
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Outputs in short: `stdout: text`, `result: text`, the traceback of an error. */
export function told(outputs: readonly Output[]): string[] {
  const list: string[] = [];
  for (const { message, content } of outputs) {
    const data = content['data'] as Record<string, unknown> | undefined;
    if (message === 'stream') {
      const name = `${content['name']}: `;
      if (list.at(-1)?.startsWith(name)) list.push(`${list.pop()}${content['text']}`);
      else list.push(`${name}${content['text']}`);
    } else if (message === 'error') list.push((content['traceback'] as string[]).join('\n'));
    else if (data)
      list.push(`${message === 'execute_result' ? 'result' : message}: ${data['text/plain'] ?? JSON.stringify(data)}`);
    else list.push(message);
  }
  return list;
}
