/** Questions, interrupts, comms, several clients, and the end of a kernel. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, afterEach, before, describe, it } from 'node:test';
import type { JsonObject, Message } from 'iekd/dist/kernel/server/wire/protocol';
import { type ServedKernel, serveKernel } from './servedKernel';
import type { TestClient } from './testClient';

let kernel: ServedKernel;
let client: TestClient;

before(async () => {
  kernel = await serveKernel();
  client = kernel.client;
});
afterEach(() => assert.deepEqual(client.complaints, []));
after(() => kernel.close());

const shown = ({ published }: { published: readonly Message[] }): string =>
  published.map(({ content }) => content['text'] ?? '').join('');

const ASKING = "const { value, reason } = kernel.input('name? '); kernel.stream(value + ' ' + reason);";

describe('stdin', () => {
  it('refuses a question where the front end cannot be asked', async () => {
    const answered = await client.execute(ASKING, { allow_stdin: false });
    assert.equal(shown(answered), 'undefined this front end cannot be asked (allow_stdin is false)');
  });

  it('refuses a question of a cell that has ended', async () => {
    const id = client.send('execute_request', {
      code: `setTimeout(() => { ${ASKING} }, 100);`,
      silent: false,
      allow_stdin: true,
    });
    const told = await client.find(({ type, parentId }) => type === 'stream' && parentId === id, 'a line');
    assert.equal(told.content['text'], 'undefined the cell that asks has ended: only a running cell can be answered');
  });
});

describe('an interrupt', () => {
  for (const channel of ['control', 'shell'] as const) {
    it(`on ${channel} reaches a cell that awaits, is answered at once, and needs no signal`, async () => {
      const signals: string[] = [];
      const note = (): void => void signals.push('SIGINT');
      process.on('SIGINT', note);
      const id = client.send('execute_request', { code: "await kernel.interrupted(); kernel.stream('stop ' + kernel.stop());" });
      await client.find(({ type, parentId }) => type === 'execute_input' && parentId === id, 'the input');
      const { reply } = await client.ask('interrupt_request', {}, { channel });
      assert.deepEqual(reply.content, { status: 'ok' });
      await client.idle(id);
      assert.equal(shown({ published: client.published(id) }), 'stop 1');
      assert.equal((await client.execute("kernel.stream('stop ' + kernel.stop())")).published.at(-1)?.content['text'], 'stop 0');
      process.off('SIGINT', note);
      assert.deepEqual(signals, []);
    });
  }

  it('sends the process SIGINT where main lets no message in', async () => {
    const signal = once(process, 'SIGINT');
    const ask = async (): Promise<void> => void client.send('interrupt_request', {}, { channel: 'control' });
    Object.assign(globalThis, { ask }); // main is this thread: the message goes out, and then nothing comes in
    const code = 'await globalThis.ask(); await undefined; const end = Date.now() + 1000; while (Date.now() < end);';
    const id = client.send('execute_request', { code });
    await Promise.all([signal, client.idle(id)]);
  });

  it('ends a compilation', async () => {
    const id = client.send('execute_request', { code: 'slow', silent: false });
    await client.find(({ type, parentId }) => type === 'execute_input' && parentId === id, 'the input');
    client.send('interrupt_request', {}, { channel: 'control' });
    const { content } = await client.reply(id);
    assert.equal(content['evalue'], 'the cell was interrupted before it ran');
    assert.equal((await client.execute('0;')).reply.content['status'], 'ok');
  });
});

describe('comms', () => {
  const DATA = { method: 'update', state: { value: 3 } };
  const comms = async (content: JsonObject = {}): Promise<unknown> =>
    (await client.ask('comm_info_request', content)).reply.content['comms'];
  const told = async (type: string, content: JsonObject, buffers: Uint8Array[] = []): Promise<string> => {
    const id = client.send(type, content, { buffers, metadata: { version: '2.1.0' } });
    await client.idle(id);
    return id;
  };

  it('of the front end reach main with their buffers', async () => {
    await told('comm_open', { comm_id: 'a', target_name: 'widget', data: { n: 1 } });
    await told('comm_msg', { comm_id: 'a', data: DATA }, [new Uint8Array([1, 2, 3]), new Uint8Array(0)]);
    assert.deepEqual(await comms(), { a: { target_name: 'widget' } });
    assert.deepEqual(await comms({ target_name: 'other' }), {});
    await told('comm_close', { comm_id: 'a', data: {} });
    assert.deepEqual(await comms(), {});
    const events = kernel.started.main.received.flatMap(({ parent, ...event }: { type: string; parent?: Uint8Array }) => {
      if (event.type !== 'comm') return [];
      return { ...event, parent: String((JSON.parse(Buffer.from(parent ?? []).toString()) as JsonObject)['msg_type']) };
    });
    const common = { type: 'comm', id: 'a', target: 'widget', metadata: { version: '2.1.0' } };
    assert.deepEqual(events, [
      { ...common, parent: 'comm_open', event: 'open', data: { n: 1 }, buffers: [] },
      { ...common, parent: 'comm_msg', event: 'msg', data: DATA, buffers: [new Uint8Array([1, 2, 3]), new Uint8Array(0)] },
      { ...common, parent: 'comm_close', event: 'close', data: {}, buffers: [] },
    ]);
  });

  it('of main reach the front end with their buffers, and are listed', async () => {
    const { published } = await client.execute(`
      kernel.output('comm_open', { comm_id: 'b', target_name: 'jupyter.widget', data: {} }, { buffers: [new Uint8Array([7, 8])] });
      kernel.output('comm_msg', { comm_id: 'b', data: { x: 1 } }, { metadata: { m: 1 } });`);
    const [, open, message] = published;
    assert.deepEqual([open?.type, open?.buffers.map((buffer) => [...buffer])], ['comm_open', [[7, 8]]]);
    assert.deepEqual([message?.content, message?.metadata], [{ comm_id: 'b', data: { x: 1 } }, { m: 1 }]);
    assert.deepEqual(await comms(), { b: { target_name: 'jupyter.widget' } });
    await client.execute("kernel.output('comm_close', { comm_id: 'b', data: {} });");
    assert.deepEqual(await comms(), {});
  });

  it('that are not open, as after a restart, are closed', async () => {
    const id = await told('comm_msg', { comm_id: 'gone', data: DATA });
    assert.deepEqual(
      client.published(id).map(({ type, content }) => [type, content]),
      [['comm_close', { comm_id: 'gone', data: {} }]],
    );
  });

  it('without a number are passed over', async () => {
    await told('comm_open', { target_name: 'widget' });
    assert.deepEqual(await comms(), {});
  });
});

describe('two clients', () => {
  it('both hear what is published, and each its own replies', async () => {
    const other = await kernel.connect();
    const { reply } = await other.execute("kernel.stream('to all');");
    const heard = ({ type, parentId }: Message): boolean => type === 'stream' && parentId === reply.parentId;
    await Promise.all([client.find(heard, 'the stream'), other.find(heard, 'the stream')]);
    assert.ok(!client.seen.some(({ type, parentId }) => type === 'execute_reply' && parentId === reply.parentId));
  });
});

describe('shutdown', () => {
  it('is answered before main is asked to end the process', async () => {
    let ended: () => void = () => undefined;
    const end = new Promise<void>((done) => {
      ended = done;
    });
    const own = await serveKernel({}, () => ended());
    const { reply } = await own.client.ask('shutdown_request', { restart: true }, { channel: 'control' });
    assert.deepEqual(reply.content, { status: 'ok', restart: true });
    await end;
    assert.deepEqual(own.started.main.received.at(0), { type: 'shutdown', restart: true });
    await own.close();
  });
});
