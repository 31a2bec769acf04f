/** Comms and captured outputs, by the interface that libraries find in a kernel. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Hosted, startHost, told } from './hosted';

const API = "let api = globalThis[Symbol.for('jupyter.kernel')];";
const event = { target: 't', metadata: {}, buffers: [] };

describe('comms', () => {
  let host: Hosted;
  before(async () => {
    host = await startHost();
    await host.run(API);
  });
  after(() => host.end());

  it('are opened, written to and closed by a cell', async () => {
    const { request } = await host.run(`let comm = api.openComm('target', { a: 1 }, { id: 'c1', metadata: { version: '2' } });
comm.send({ b: 2 }, { buffers: [new Uint8Array([1, 2])] }); comm.close({ c: 3 }); comm.close();
try { comm.send({}); } catch (error) { console.log(error.message); }`);
    const sent = host.outputs(request).map(({ message, content, metadata }) => [message, content, metadata]);
    assert.deepEqual(sent, [
      ['comm_open', { comm_id: 'c1', target_name: 'target', data: { a: 1 } }, { version: '2' }],
      ['comm_msg', { comm_id: 'c1', data: { b: 2 } }, undefined],
      ['comm_close', { comm_id: 'c1', data: { c: 3 } }, undefined],
      ['stream', { name: 'stdout', text: 'comm c1: expected an open comm, received one that was closed\n' }, undefined],
    ]);
  });

  it('hear the front end while a cell awaits; what a listener writes belongs to its cell', async () => {
    const { request } = await host.run(`let slider = api.openComm('slider', {}, { id: 's' });
slider.onMessage(({ data }) => { console.log('moved to', data.to); if (data.to === 3) throw new RangeError('too far'); });`);
    const waiting = host.begin("console.log('waits'); await new Promise((done) => { globalThis.go = done; });");
    await host.text('waits');
    host.send({ type: 'comm', event: 'msg', id: 's', data: { to: 2 }, ...event });
    await host.text('moved to 2');
    host.send({ type: 'comm', event: 'msg', id: 's', data: { to: 3 }, ...event });
    await host.message((message) => message.type === 'output' && message.message === 'error');
    host.send({ type: 'interrupt' });
    host.send({ type: 'interrupt' });
    await host.done(waiting);
    const heard = told(host.outputs(request)).slice(1);
    assert.equal(heard[0], 'stdout: moved to 2\nmoved to 3\n');
    assert.match(heard[1] ?? '', /^RangeError: too far\n {4}at cell \d+, line 2: /);
    assert.equal(told(host.outputs(waiting)).join('').includes('moved'), false);
  });

  it('that the front end opens go to who asked for the target; others are closed', async () => {
    const { request } = await host.run("api.onComm('mine', (comm, { data }) => comm.send({ echo: data }));");
    host.send({ type: 'comm', event: 'open', id: 'o1', data: { x: 1 }, ...event, target: 'mine' });
    host.send({ type: 'comm', event: 'open', id: 'o2', data: {}, ...event, target: 'nobodys' });
    await host.message(
      (message) => message.type === 'output' && message.message === 'comm_close' && message.content['comm_id'] === 'o2',
    );
    const sent = host.outputs(request).map(({ message, content }) => [message, content]);
    assert.deepEqual(sent, [
      ['comm_msg', { comm_id: 'o1', data: { echo: { x: 1 } } }],
      ['comm_close', { comm_id: 'o2', data: {} }],
    ]);
  });

  it('captured outputs go to who takes them, also after an await', async () => {
    const { request } = await host.run(`let taken = [];
await api.capture(async () => { console.log('a'); await null; display(1); }, ({ message }) => taken.push(message));
console.log(taken.join());`);
    assert.deepEqual(told(host.outputs(request)), ['stdout: stream,display_data\n']);
  });

  it('a kind of values is shown as it was registered, until it is taken away', async () => {
    const { request } =
      await host.run(`let kind = { name: 'a thing', matches: (v) => v?.thing === true, bundle: () => ({ 'text/plain': 'a thing' }) };
let away = api.registerDisplay(kind); display({ thing: true }); away(); display({ thing: true });
api.registerDisplay({ ...kind, bundle: () => { throw new Error('no'); } }); display({ thing: true });`);
    assert.deepEqual(told(host.outputs(request)), [
      'display_data: a thing',
      'display_data: { thing: true }',
      'stderr: display of a thing: no; shown as text\n',
      'display_data: { thing: true }',
    ]);
  });
});
