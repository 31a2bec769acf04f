/** The real server thread over its sockets, between a made-up main and a made-up language. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { JsonObject, Message } from 'iekd/dist/kernel/server/wire/protocol';
import { type ServedKernel, serveKernel } from './servedKernel';
import type { TestClient } from './testClient';

let kernel: ServedKernel;
let client: TestClient;

before(async () => {
  kernel = await serveKernel({ hints: [{ pattern: "'string'", text: 'Keep numbers apart from texts.' }] });
  client = kernel.client;
});
afterEach(() => assert.deepEqual(client.complaints, []));
after(() => kernel.close());

const types = (messages: readonly Message[]): string[] => messages.map(({ type }) => type);
const contents = (messages: readonly Message[]): JsonObject[] => messages.map(({ content }) => content);
const text = (messages: readonly Message[]): string => messages.map(({ content }) => content['text'] ?? '').join('');

describe('the server', () => {
  it('echoes heartbeats', async () => {
    await client.sockets.hb.send('ping');
    assert.equal(String((await client.sockets.hb.receive())[0]), 'ping');
  });

  for (const channel of ['shell', 'control'] as const) {
    it(`says on ${channel} what it is`, async () => {
      const { reply } = await client.ask('kernel_info_request', {}, { channel });
      const { status, protocol_version, implementation, language_info, supported_features } = reply.content;
      assert.deepEqual(
        { status, protocol_version, implementation, supported_features },
        { status: 'ok', protocol_version: '5.4', implementation: 'iekd', supported_features: ['iopub_welcome', 'debugger'] },
      );
      assert.equal((language_info as JsonObject)['name'], 'typescript');
    });
  }

  it('runs a cell: input, outputs, result, reply, idle, in this order', async () => {
    const code = "kernel.stream('a\\n'); kernel.stream('b\\n'); kernel.result('7');";
    const { reply, published } = await client.execute(code);
    const count = reply.content['execution_count'];
    assert.deepEqual(contents(published), [
      { code, execution_count: count },
      { name: 'stdout', text: 'a\nb\n' },
      { data: { 'text/plain': '7' }, metadata: {}, execution_count: count },
    ]);
    assert.deepEqual(reply.content, { status: 'ok', execution_count: count, payload: [], user_expressions: {} });
    assert.equal(reply.metadata['status'], 'ok');
  });

  it('counts cells, but none that are silent, not stored or blank', async () => {
    const counted = async (code: string, content: JsonObject = {}): Promise<number> =>
      Number((await client.execute(code, content)).reply.content['execution_count']);
    const first = await counted('0;');
    assert.equal(await counted('0;', { silent: true }), first);
    assert.equal(await counted('0;', { store_history: false }), first);
    assert.equal(await counted('  \n'), first);
    assert.equal(await counted('0;'), first + 1);
  });

  it('publishes nothing of a silent cell', async () => {
    const { published, reply } = await client.execute("kernel.stream('a'); kernel.result('1'); throw new Error('no')", {
      silent: true,
    });
    assert.deepEqual(published, []);
    assert.equal(reply.content['evalue'], 'no');
  });

  it('tells what does not compile: where, and a caret for each character', async () => {
    const { reply, published } = await client.execute('let x = type error;');
    const { execution_count: count, ...content } = reply.content;
    const first = `cell ${String(count)}, line 1: Type 'string' is not assignable to type 'number'.`;
    const traceback = [first, '    let x = type error;', '            ^^^^^^^^^^', 'Keep numbers apart from texts.'];
    assert.deepEqual(content, { status: 'error', ename: 'TypeScript', evalue: first, traceback });
    assert.deepEqual(types(published), ['execute_input', 'error']);
  });

  it('aborts what waits behind a cell that fails, and runs what comes after the reply', async () => {
    const ids = ["throw new TypeError('boom')", "kernel.stream('never')", "kernel.stream('never')"].map((code) =>
      client.send('execute_request', { code, silent: false }),
    );
    const replies = await Promise.all(ids.map((id) => client.reply(id)));
    assert.deepEqual(
      replies.map(({ content }) => content['status']),
      ['error', 'aborted', 'aborted'],
    );
    await client.idle(ids[2] as string);
    assert.deepEqual(types(client.published(ids[1] as string)), []);
    assert.equal((await client.execute('0;')).reply.content['status'], 'ok');
  });

  it('goes on behind a failure where stop_on_error is false', async () => {
    const ids = ["throw new TypeError('boom')", "kernel.stream('on')"].map((code) =>
      client.send('execute_request', { code, silent: false, stop_on_error: false }),
    );
    const [, second] = await Promise.all(ids.map((id) => client.reply(id)));
    assert.equal(second?.content['status'], 'ok');
  });

  it('gives user_expressions back, with an error for one that does not compile', async () => {
    const user_expressions = { good: '1', bad: 'type error' };
    const code = "kernel.expressions = { good: { status: 'ok', data: { 'text/plain': '1' }, metadata: {} } };";
    const { reply } = await client.execute(code, { user_expressions });
    const { good, bad } = reply.content['user_expressions'] as Record<string, JsonObject>;
    assert.deepEqual(good, { status: 'ok', data: { 'text/plain': '1' }, metadata: {} });
    assert.equal(bad?.['evalue'], "cell, line 1: Type 'string' is not assignable to type 'number'.");
  });

  it('gives outputs that come after the cell to the cell', async () => {
    const { reply } = await client.execute("setTimeout(() => kernel.stream('late'), 50);");
    await client.execute('0;');
    const late = await client.find(({ type, content }) => type === 'stream' && content['text'] === 'late', 'a late line');
    assert.equal(late.parentId, reply.parentId);
  });

  it('keeps the order of streams, displays and results', async () => {
    const code = `kernel.stream('1'); kernel.stream('2', 'stderr'); kernel.output('display_data', { data: {} });
      kernel.stream('3'); kernel.output('clear_output', { wait: true }); kernel.stream('4');`;
    const { published } = await client.execute(code);
    const shown = published.slice(1).map(({ type, content }) => String(content['text'] ?? type));
    assert.deepEqual(shown, ['1', '2', 'display_data', '3', 'clear_output', '4']);
  });

  it('says what cannot be written as JSON', async () => {
    const { published } = await client.execute("kernel.output('display_data', { data: {} }, { metadata: { n: 1n } })");
    assert.match(text(published), /An output could not be written as JSON\. Do not know how to serialize a BigInt/);
  });

  it('completes, inspects and judges in code points', async () => {
    const { reply } = await client.ask('complete_request', { code: '𝒳𝒳co', cursor_pos: 4 });
    const match = { start: 2, end: 4, text: 'console', type: 'var', signature: 'var console: Console' };
    const metadata = { _jupyter_types_experimental: [match] };
    assert.deepEqual(reply.content, { status: 'ok', matches: ['console'], cursor_start: 2, cursor_end: 4, metadata });
    const inspected = await client.ask('inspect_request', { code: '𝒳x', cursor_pos: 1, detail_level: 1 });
    const data = { 'text/plain': '𝒳x at 2, detail 1', 'text/markdown': '**𝒳x**' };
    assert.deepEqual(inspected.reply.content, { status: 'ok', found: true, data, metadata: {} });
    const nothing = await client.ask('inspect_request', { code: '', cursor_pos: 0, detail_level: 0 });
    assert.deepEqual(nothing.reply.content, { status: 'ok', found: false, data: {}, metadata: {} });
    const judged = await client.ask('is_complete_request', { code: 'f(() => {' });
    assert.deepEqual(judged.reply.content, { status: 'incomplete', indent: '  ' });
  });

  it('tells what a request lacks', async () => {
    const { reply } = await client.ask('complete_request', { cursor_pos: 1 });
    assert.equal(reply.content['evalue'], 'complete_request: code: expected a text, received undefined');
    const executed = await client.ask('execute_request', { code: 7 });
    assert.equal(executed.reply.content['evalue'], 'execute_request: code: expected a text, received 7');
  });

  it('names its ports', async () => {
    const { reply } = await client.ask('connect_request', {});
    assert.equal(reply.content['hb_port'], kernel.ports.hb);
  });

  it('answers its debugger’s requests on control', async () => {
    const request = { type: 'request', seq: 3, command: 'continue' };
    const { reply } = await client.ask('debug_request', request, { channel: 'control' });
    const message = 'continue: expected a debugger that is attached, received none; send initialize and attach';
    const expected = { type: 'response', seq: 1, request_seq: 3, command: 'continue', success: false, message, body: {} };
    assert.deepEqual(reply.content, expected);
  });

  it('passes over types that it does not know', async () => {
    await client.idle(client.send('future_request', {}));
  });

  it('answers while main computes', async () => {
    const id = client.send('execute_request', {
      code: 'const end = Date.now() + 1500; while (Date.now() < end);',
      silent: false,
    });
    // This process is main: both are sent before it computes, the client reads again when it is free, and the order shows when the
    // answers were sent.
    const asked = client.send('kernel_info_request', {});
    await Promise.all([client.reply(id), client.reply(asked)]);
    const order = client.seen.filter(({ type }) => type.endsWith('_reply')).map(({ parentId }) => parentId);
    assert.ok(order.indexOf(asked) < order.indexOf(id));
    await client.idle(id);
    const states = client.seen.filter(({ type, parentId }) => type === 'status' && parentId === id);
    assert.deepEqual(
      states.map(({ content }) => content['execution_state']),
      ['busy', 'busy', 'idle'],
      'after the idle of another request the cell is told to run still',
    );
  });
});
