/** A kernel as a process: questions that main waits for, file descriptors, floods of output, and how it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { encode, type Message } from 'iekd/dist/kernel/server/wire/protocol';
import { type KernelProcess, PROGRAM, startKernelProcess } from './kernelProcess';
import { connectionFile, KEY, TestClient } from './testClient';

const windows = process.platform === 'win32' && 'no signals and no FIFOs';
let kernel: KernelProcess;
let client: TestClient;

const texts = (messages: readonly Message[], name = 'stdout'): string =>
  messages.map(({ content }) => (content['name'] === name ? content['text'] : '')).join('');

describe('a kernel as a process', { skip: windows }, () => {
  before(async () => {
    kernel = await startKernelProcess();
    client = kernel.client;
  });
  afterEach(() => assert.deepEqual(client.complaints, []));
  after(() => kernel.close());

  const asking = "const { value, reason } = kernel.input('name? '); kernel.stream(value + ' ' + reason);";
  const question = (id: string): Promise<Message> =>
    client.find(({ type, parentId }) => type === 'input_request' && parentId === id, 'a question');
  const answer = (value: unknown, from: TestClient, parent?: Message): Promise<void> => {
    const message = { id: randomUUID(), type: 'input_reply', session: from.session, content: { value } };
    return from.queued('stdin', encode(KEY, { ...message, ...(parent ? { parent: parent.header } : {}) }));
  };
  const ask = (): string => client.send('execute_request', { code: asking, silent: false, allow_stdin: true });

  for (const named of [true, false]) {
    it(`asks the front end; its answer ${named ? 'names' : 'does not name'} the question`, async () => {
      const id = ask();
      const asked = await question(id);
      assert.deepEqual(asked.content, { prompt: 'name? ', password: false });
      await answer('Ada', client, named ? asked : undefined);
      await client.idle(id);
      assert.equal(texts(client.published(id)), 'Ada undefined');
    });
  }

  it('takes no answer of another client, to another question, or of another kind', async () => {
    const other = await new TestClient(client.ports).ready();
    const id = ask();
    const asked = await question(id);
    await answer('mallory', other, asked);
    await answer(7, client, asked);
    await answer('late', client, await client.find(({ type }) => type === 'execute_input', 'another message'));
    other.send('kernel_info_request', {});
    await answer('Ada', client, asked);
    await client.idle(id);
    assert.equal(texts(client.published(id)), 'Ada undefined');
    other.close();
  });

  it('answers a question with nothing when it is interrupted', async () => {
    const id = ask();
    await question(id);
    await client.ask('interrupt_request', {}, { channel: 'control' });
    await client.idle(id);
    assert.equal(texts(client.published(id)), 'undefined interrupted');
  });

  it('answers while main computes', async () => {
    const id = client.send('execute_request', {
      code: "kernel.stream('on'); const end = Date.now() + 1500; while (Date.now() < end);",
    });
    await client.find(({ type, parentId }) => type === 'stream' && parentId === id, 'a line from within the loop');
    const started = performance.now();
    await client.ask('kernel_info_request', {});
    await client.ask('history_request', { hist_access_type: 'tail', n: 1 });
    await client.sockets.hb.send('ping');
    await client.sockets.hb.receive();
    assert.ok(performance.now() - started < 1000);
    assert.ok(!client.seen.some(({ type, parentId }) => type === 'execute_reply' && parentId === id));
    await client.idle(id);
  });

  it('gives a cell what child processes write, before its reply', async () => {
    const code =
      "require('node:child_process').spawnSync('sh', ['-c', 'echo out; echo €rr >&2; seq 1 30000'], { stdio: 'inherit' });";
    const { published } = await client.execute(code);
    const numbers = Array.from({ length: 30_000 }, (_, i) => `${i + 1}\n`).join('');
    assert.equal(texts(published), `out\n${numbers}`);
    assert.equal(texts(published, 'stderr'), '€rr\n');
    for (let i = 0; i < 100 && !kernel.stderr().includes('€rr'); i++) await new Promise((done) => setTimeout(done, 50));
    assert.equal(kernel.stderr(), '€rr\n', 'stderr of other programs also goes where that of the kernel does');
  });

  it('loses nothing of a million lines written in one loop', async () => {
    const { published } = await client.execute("for (let i = 0; i < 1e6; i++) kernel.stream(i + '\\n');");
    const lines = texts(published).split('\n');
    assert.equal(lines.length, 1e6 + 1);
    assert.ok(lines.every((line, i) => i === 1e6 || line === String(i)));
  });

  it('is held up by a client that does not read for some seconds only, and others lose nothing', async () => {
    const deaf = new TestClient(client.ports, { read: ['shell', 'control', 'stdin'] });
    const id = client.send('execute_request', {
      code: "for (let i = 0; i < 4000; i++) kernel.output('display_data', { data: { 'text/plain': i + 'x'.repeat(30_000) } });",
      silent: false,
    });
    await client.idle(id, 60_000);
    assert.equal(client.published(id).length, 4001);
    deaf.close();
  });

  it('ends when it is told to', async () => {
    const exit = once(kernel.child, 'exit');
    const { reply } = await client.ask('shutdown_request', { restart: false }, { channel: 'control' });
    assert.deepEqual(reply.content, { status: 'ok', restart: false });
    assert.deepEqual(await exit, [0, null]);
  });
});

describe('the end of a kernel', { skip: windows }, () => {
  it('a cell may end the process', async () => {
    const own = await startKernelProcess();
    const exit = once(own.child, 'exit');
    own.client.send('execute_request', { code: 'process.exit(7)', silent: false });
    assert.deepEqual(await exit, [7, null]);
    await own.close();
  });

  it('is explained by the last words of V8', async () => {
    const own = await startKernelProcess(['--max-old-space-size=100', ...PROGRAM]);
    const exit = once(own.child, 'close');
    own.client.send('execute_request', { code: 'const all = []; for (;;) all.push(new Array(1e6).fill(0));', silent: false });
    assert.deepEqual(await exit, [null, 'SIGABRT']);
    assert.match(own.stderr(), /FATAL ERROR: .*JavaScript heap out of memory/);
    await own.close();
  });

  it('says why it cannot start', async () => {
    const own = await startKernelProcess();
    const second = spawn(process.execPath, [...PROGRAM, own.path], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    second.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    assert.deepEqual(await once(second, 'close'), [1, null]);
    assert.match(said, /Address already in use/);
    await own.close();
  });

  it('comes with that of its launcher', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'iekd-server-'));
    const { path, ports } = await connectionFile(folder);
    const program = `const { spawn } = require('node:child_process');
      spawn(process.execPath, ${JSON.stringify([...PROGRAM, path])}, { stdio: 'ignore' }); setInterval(() => {}, 1000);`;
    const env = { ...process.env, JUPYTER_DATA_DIR: folder, JPY_PARENT_PID: String(process.pid) };
    const launcher = spawn(process.execPath, ['-e', program], { stdio: 'ignore', env });
    const own = await new TestClient(ports).ready();
    const { published } = await own.execute('kernel.stream(String(process.pid))');
    const pid = Number(texts(published));
    launcher.kill('SIGKILL');
    const alive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 100 && alive(); i++) await new Promise((done) => setTimeout(done, 100));
    assert.equal(alive(), false);
    own.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
