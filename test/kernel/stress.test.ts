/** A kernel under what users and front ends do to it at worst: floods, giants, rubbish, clients that do not read. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { encode, type Message, signature } from 'iekd/dist/kernel/server/wire/protocol';
import { KERNEL, type KernelProcess, startKernelProcess } from './server/kernelProcess';
import { KEY, TestClient } from './server/testClient';

let kernel: KernelProcess;
let client: TestClient;

const WAIT_MS = 60_000;
const MIB = 2 ** 20;

async function execute(code: string, from = client): Promise<readonly Message[]> {
  const id = from.send('execute_request', { code, silent: false });
  const reply = await from.reply(id, WAIT_MS);
  assert.equal(reply.content['status'], 'ok', String(reply.content['evalue']));
  await from.idle(id, WAIT_MS);
  return from.published(id);
}

/** The largest memory that the kernel's process has ever held, in MiB. */
async function largestMemory(): Promise<number> {
  return Number(texts(await execute('process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)))')));
}

const texts = (messages: readonly Message[]): string => messages.map(({ content }) => content['text'] ?? '').join('');

describe('a kernel', { skip: process.platform === 'win32' && 'no signals and no FIFOs' }, () => {
  before(async () => {
    kernel = await startKernelProcess(KERNEL);
    client = kernel.client;
    await execute('1 + 1');
  });
  afterEach(() => assert.deepEqual(client.complaints, []));
  after(() => kernel.close());

  it('shows a million lines of one loop as they are printed, in order with displays and the result', async () => {
    const before = await largestMemory();
    const published = await execute(`for (let i = 0; i < 1e6; i++) {
  if (i % 250_000 === 0) display({ 'text/plain': 'before ' + i }, { raw: true });
  console.log(i);
}
const printed = Date.now();
printed`);
    const shown = published.map(({ type, content }) => {
      if (type === 'stream') return String(content['text']);
      return type === 'display_data' ? `${(content['data'] as Record<string, string>)['text/plain']}\n` : '';
    });
    const lines = shown.join('').split('\n');
    const expected = Array.from({ length: 1e6 }, (_, i) => (i % 250_000 === 0 ? [`before ${i}`, String(i)] : [String(i)])).flat();
    assert.equal(lines.length, expected.length + 1);
    assert.equal(
      lines.findIndex((line, i) => line !== (expected[i] ?? '')),
      -1,
    );
    assert.equal(published.at(-1)?.type, 'execute_result');
    const grown = (await largestMemory()) - before;
    assert.ok(grown < 250, `memory grew by ${grown} MiB`); // 32 MiB wait at most; the rest is what V8 has not yet collected
  });

  it('shows 50 MB at once', async () => {
    const published = await execute(`display({ 'text/html': 'x'.repeat(${50 * MIB}) }, { raw: true });
console.log('y'.repeat(${50 * MIB}));`);
    const display = published.find(({ type }) => type === 'display_data')?.content['data'] as Record<string, string>;
    assert.equal(display['text/html']?.length, 50 * MIB);
    assert.equal(texts(published).length, 50 * MIB + 1);
  });

  it('drops 10,000 broken messages', async () => {
    const before = await largestMemory();
    for (let i = 0; i < 10_000; i++) {
      const channel = (['shell', 'control', 'stdin'] as const)[i % 3] as 'shell';
      await client.queued(channel, brokenMessage(i));
    }
    assert.equal(texts(await execute("console.log('alive')")), 'alive\n');
    assert.equal((await client.ask('kernel_info_request', {}, { channel: 'control' })).reply.content['status'], 'ok');
    const grown = (await largestMemory()) - before;
    assert.ok(grown < 100, `memory grew by ${grown} MiB`);
    assert.equal(kernel.child.exitCode, null);
  });

  it('answers one client while another reads neither outputs nor replies', async () => {
    const deaf = new TestClient(client.ports, { read: [] });
    const before = await largestMemory();
    for (let i = 0; i < 5_000; i++) deaf.send('kernel_info_request', {});
    const code = "for (let i = 0; i < 3000; i++) display({ 'text/plain': 'z'.repeat(50_000) }, { raw: true });";
    assert.equal((await execute(code)).length, 3001);
    const grown = (await largestMemory()) - before;
    assert.ok(grown < 400, `memory grew by ${grown} MiB`); // 1000 messages may wait for the other client, 32 MiB for the server
    deaf.close();
  });

  it('runs the cells of two clients, each with its own outputs and replies', async () => {
    const other = await new TestClient(client.ports).ready();
    const cells = Array.from({ length: 100 }, (_, i) => `console.log('${i}'); await null; ${i} * 2`);
    const both = await Promise.all(cells.map((code, i) => execute(code, i % 2 === 0 ? client : other)));
    for (const [i, published] of both.entries()) {
      assert.equal(texts(published), `${i}\n`);
      assert.deepEqual(published.at(-1)?.content['data'], { 'text/plain': String(2 * i) });
    }
    const counts = both.map((published) => Number(published[0]?.content['execution_count'])).sort((a, b) => a - b);
    assert.deepEqual(
      counts,
      counts.map((_, i) => (counts[0] as number) + i),
    );
    other.close();
  });
});

/** Frames, signatures, parts or entries that are not what they should be. */
function brokenMessage(i: number): (string | Uint8Array)[] {
  const content = { code: "throw new Error('this must not run')" };
  const message = { id: randomUUID(), type: 'execute_request', session: 's', content };
  const frames = encode(KEY, message);
  const signed = (parts: string[]): (string | Uint8Array)[] => ['<IDS|MSG>', signature(KEY, parts), ...parts];
  const kinds: (() => (string | Uint8Array)[])[] = [
    () => encode('another key', message),
    () => encode('', message),
    () => frames.slice(0, i % frames.length),
    () => frames.slice(1),
    () => frames.map((frame, at) => (at === 5 ? `${String(frame)} ` : frame)),
    () => [Buffer.alloc(i % 300, i % 256)],
    () => Array.from({ length: i % 100 === 6 ? 1500 : 20 }, () => 'x'),
    () => signed(['{"msg_id":', '{}', '{}', '{}']),
    () => signed(['[]', 'null', '7', '"x"']),
    () => signed(['{"msg_id":1,"msg_type":{}}', '{}', '{}', '{}']),
    () => signed([`${'['.repeat(50_000)}`, '{}', '{}', '{}']),
    () => signed([`{"msg_id":"${'m'.repeat(300)}","msg_type":"execute_request"}`, '{}', '{}', '{}']),
  ];
  return (kinds[i % kinds.length] as () => (string | Uint8Array)[])();
}
