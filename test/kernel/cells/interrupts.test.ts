/** Interrupts of cells: by the flag, by a message, by SIGINT; and how a kernel ends. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Hosted, startHost, told } from './hosted';

const ENDED = 'the cell was asked to stop and has ended';
const LEFT = 'the cell was left, but its code may go on in the background; restart the kernel to be sure that it ends';
const STOPPING = 'Interrupted: stopping after the current step; interrupt again to leave at once.\n';
const LOOP = 'if (__stop[0]) __kernel.stopped();';
const SIGNAL = 'let { interruptSignal, nextTurn } = __kernel.require("iekd/dist/util/stopSignal");';

describe('an interrupt', () => {
  let host: Hosted;
  before(async () => {
    host = await startHost();
  });
  after(() => host.end());

  async function interrupted(script: string, ...how: readonly ('stop' | 'interrupt' | 'signal')[]): Promise<string[]> {
    const request = host.begin(script);
    await host.text(`begun ${request}`);
    for (const type of how) host.send({ type });
    const { failure } = await host.done(request);
    return [
      failure?.evalue ?? 'it did not fail',
      ...told(host.outputs(request)).map((text) => text.replace(`begun ${request}\n`, '')),
    ];
  }
  /** Says that it has begun where `BEGUN` stands, or else first. */
  const script = (text: string): string => {
    const begun = `console.log('begun ${host.messages.filter(({ type }) => type === 'done').length + 1}')`;
    return text.includes('BEGUN') ? text.replace('BEGUN', begun) : `${begun}; ${text}`;
  };

  it('by SIGINT ends a synchronous part that knows no flag', async () => {
    assert.deepEqual(await interrupted(script('for (;;) {}'), 'signal'), [ENDED, 'stdout: ']);
    assert.deepEqual(await interrupted(script('[1].map(() => { for (;;) {} })'), 'stop', 'interrupt', 'signal'), [
      ENDED,
      'stdout: ',
    ]);
  });
  it('by the flag ends a loop after an await, though no message comes in', async () => {
    assert.deepEqual(await interrupted(script(`await null; for (;;) { ${LOOP} }`), 'stop'), [
      ENDED,
      'stdout: ',
      `stderr: ${STOPPING}`,
    ]);
  });
  it('by the flag ends a loop that awaits', async () => {
    const waiting = `for (;;) { ${LOOP} await new Promise((done) => setTimeout(done, 5)); }`;
    assert.deepEqual(await interrupted(script(waiting), 'stop', 'interrupt'), [ENDED, 'stdout: ', `stderr: ${STOPPING}`]);
  });
  it('lets a loop end by itself that listens', async () => {
    const listening = `${SIGNAL} interruptSignal().stopped; BEGUN;
for (let i = 0; ; i++) { ${LOOP} if (interruptSignal().stopped) break; await nextTurn(); }
console.log('checkpoint');`;
    const heard = await interrupted(script(listening), 'stop', 'interrupt');
    assert.deepEqual(heard, [ENDED, 'stdout: ', `stderr: ${STOPPING}`, 'stdout: checkpoint\n']);
  });
  it('ends a loop that says it listens, and does not', async () => {
    const deaf = `interruptSignal().stopped; for (;;) { ${LOOP} await nextTurn(); }`;
    assert.deepEqual(await interrupted(script(deaf), 'stop', 'interrupt'), [ENDED, 'stdout: ', `stderr: ${STOPPING}`]);
  });
  it('a second time leaves a cell that does not end', async () => {
    assert.deepEqual(await interrupted(script('await new Promise(() => undefined)'), 'interrupt', 'interrupt'), [
      LEFT,
      'stdout: ',
      `stderr: ${STOPPING}`,
    ]);
  });
  it('ends a cell that awaits what nobody settles, and no collection does', async () => {
    const collecting = `require('node:v8').setFlagsFromString('--expose-gc');
setTimeout(() => { for (let i = 0; i < 5; i++) require('node:vm').runInNewContext('gc')(); BEGUN; }, 10);
await new Promise(() => undefined);`;
    assert.equal((await interrupted(script(collecting), 'interrupt', 'interrupt'))[0], LEFT);
  });
  it('of a cell that has ended does not reach the next one', async () => {
    host.send({ type: 'stop' });
    host.send({ type: 'interrupt' });
    host.send({ type: 'signal' });
    const { failure } = await host.run(
      `for (let i = 0; i < 10; i++) { ${LOOP} await new Promise((done) => setTimeout(done, 10)); }`,
    );
    assert.equal(failure, undefined);
  });
  it('ends a question', async () => {
    const request = host.begin("prompt('name?')", { allowStdin: true });
    await host.message((message) => message.type === 'input');
    host.send({ type: 'stop' });
    host.send({ type: 'interrupt' });
    assert.equal((await host.done(request)).failure?.evalue, ENDED);
  });
  it('leaves nothing behind: later cells run, their errors are their own', async () => {
    const { request, failure } = await host.run(`let n = 0; for (let i = 0; i < 10; i++) { ${LOOP} n += i; } __kernel.result(n)`);
    assert.equal(failure, undefined);
    assert.deepEqual(told(host.outputs(request)), ['result: 45']);
  });
});

describe('questions', () => {
  let host: Hosted;
  before(async () => {
    host = await startHost();
  });
  after(() => host.end());
  const CASES: readonly (readonly [script: string, prompt: string, answer: string, result: string])[] = [
    ["prompt('Name?')", 'Name? ', 'Ada', "'Ada'"],
    ["prompt('Name?', 'Bob')", 'Name? [Bob] ', '', "'Bob'"],
    ["prompt('Name?')", 'Name? ', '', 'null'],
    ["confirm('Sure?')", 'Sure? [y/N] ', 'yes', 'true'],
    ["confirm('Sure?')", 'Sure? [y/N] ', 'yesterday', 'false'],
  ];
  for (const [script, prompt, answer, result] of CASES) {
    it(`${script}, answered ${JSON.stringify(answer)}`, async () => {
      const request = host.begin(`__kernel.result(${script})`, { allowStdin: true });
      const asked = await host.message((message) => message.type === 'input' && message.request === request);
      assert.deepEqual(asked, { type: 'input', request, prompt, password: false });
      host.send({ type: 'answer', value: answer });
      await host.done(request);
      assert.deepEqual(told(host.outputs(request)), [`result: ${result}`]);
    });
  }
  it('are refused where nobody can be asked', async () => {
    const { failure } = await host.run("prompt('Name?')");
    assert.equal(
      failure?.evalue,
      'prompt: expected a front end that can be asked, received one that cannot; give the value in the cell',
    );
  });
});

describe('a kernel', () => {
  it('that a cell ends has sent what was written, and says why', async () => {
    const host = await startHost();
    const { request, failure } = await host.run("console.log('last words'); process.exit(3);");
    assert.equal(failure?.evalue, 'the cell ended the kernel by process.exit(3)');
    assert.deepEqual(told(host.outputs(request)), ['stdout: last words\n']);
    assert.equal(await host.end(), 3);
  });
  it('that is shut down lets its cell end', async () => {
    const host = await startHost();
    const request = host.begin(`${SIGNAL}
console.log('begun');
while (!interruptSignal().stopped) { ${LOOP} await nextTurn(); }
console.log('checkpoint');`);
    await host.text('begun');
    assert.equal(await host.end(), 0);
    assert.deepEqual(told(host.outputs(request)).at(-1), 'stdout: checkpoint\n');
  });
  it('lives on when an error comes that no cell has thrown', async () => {
    const host = await startHost();
    await host.run("setTimeout(() => { throw new Error('a') }, 1); setTimeout(() => Promise.reject(new Error('b')), 2);");
    await host.text('');
    const { request } = await host.run('await new Promise((done) => setTimeout(done, 20)); __kernel.result(1)');
    assert.deepEqual(told(host.outputs(request)), ['result: 1']);
    assert.equal(await host.end(), 0);
  });
});
