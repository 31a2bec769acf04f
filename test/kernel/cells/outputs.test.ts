/** What cells write and evaluate to, on the main thread: to the cell whose code it is, in order, while it runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { cellOf, type Hosted, startHost, told } from './hosted';

/** A script, and what comes of it; Node's versions show proxies and keys that are symbols each in its way. */
type Case = readonly [script: string, outputs: readonly string[], failure?: string];

const WRITTEN: readonly Case[] = [
  [
    'console.log(1, { a: [1, 2] }); console.error("e"); console.log("%s has %d", "x", 2)',
    ['stdout: 1 { a: [ 1, 2 ] }\n', 'stderr: e\n', 'stdout: x has 2\n'],
  ],
  [
    'process.stdout.write("a"); process.stdout.write(Buffer.from("ü\\n")); process.stderr.write("b\\n")',
    ['stdout: aü\n', 'stderr: b\n'],
  ],
  ['process.stdout.write(Buffer.from([0xc3])); process.stdout.write(Buffer.from([0xbc, 10]))', ['stdout: ü\n']],
  [
    'process.stdout.write("b25lCg==", "base64"); process.stdout.end("end\\n", () => console.log("called")); process.stderr.destroy(); await null; process.stdout.write("on\\n"); process.stderr.write("too\\n")',
    ['stdout: one\nend\ncalled\non\n', 'stderr: too\n'],
  ],
  ['console.group("g"); console.log("in\\nit"); console.groupEnd(); console.log("out")', ['stdout: g\n  in\n  it\nout\n']],
  [
    'console.table([{ a: 1, b: "x" }])',
    [
      "stdout: ┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n└─────────┴───┴─────┘\n",
    ],
  ],
  ['console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 })', ['stdout: { a: [Object] }\n']],
  ['const { log } = require("node:console"); log("by its module")', ['stdout: by its module\n']],
  ['console.log(process.stdout.isTTY, process.stdout.fd, process.stderr.fd)', ['stdout: undefined 1 2\n']],
  ['console.clear(); clearOutput(true)', ['clear_output', 'clear_output']],
];

const RESULTS: readonly Case[] = [
  ['__kernel.result(6 * 7)', ['result: 42']],
  ['__kernel.result([1, 2, 3])', ['result: [ 1, 2, 3 ]']],
  ["__kernel.result('text')", ["result: 'text'"]],
  ['__kernel.result(null)', ['result: null']],
  ['__kernel.result(undefined)', []],
  [
    'let failed = Promise.reject(7); failed.catch(() => 0); let own = { [Symbol.for("nodejs.util.inspect.custom")]: () => "own" }; __kernel.result([Promise.resolve({ a: { b: 1 } }), failed, new Promise(() => 0), Promise.resolve(own)])',
    ['result: [\n  Promise { { a: [Object] } },\n  Promise { <rejected> 7 },\n  Promise { <pending> },\n  Promise { own }\n]'],
  ],
  [
    'let soon = setTimeout(() => 0, 400), often = setInterval(() => 0, 50); clearInterval(often); __kernel.result([soon, often])',
    ['result: [ Timeout (400 ms), Timeout (over) ]'],
  ],
  [
    '__kernel.result(new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } }))',
    ['stderr: display: 1; shown as text\n', `result: ${inspect(new Proxy({}, {}))}`],
  ],
  ['__kernel.result(await Promise.resolve(5))', ['result: 5']],
  ['__kernel.result(new Map([[1, { a: new Set([2]) }]]))', ['result: Map(1) { 1 => { a: Set(1) { 2 } } }']],
  ['console.log("first"); __kernel.result("then")', ['stdout: first\n', "result: 'then'"]],
  ['__kernel.result(new RangeError("shown"))', ['result: RangeError: shown\n    at cell N, line 1']],
  [
    'let shown = display({ a: 1 }); shown.update([2]); __kernel.result(shown)',
    ['display_data: { a: 1 }', 'update_display_data: [ 2 ]'],
  ],
  [
    'display({ [Symbol.for("Jupyter.display")]: () => new Promise((done) => setTimeout(done, 30, { "text/plain": "later" })) }); __kernel.result(1)',
    ['display_data: later', 'result: 1'],
  ],
  ['display({ "text/html": "<b>b</b>" }, { raw: true })', ['display_data: {"text/html":"<b>b</b>"}']],
  ['display(1, { colour: 2 })', [], 'InputError: display: expected options among raw, metadata, id, update, received "colour"'],
  ['__kernel.result({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<i>i</i>", "text/plain": "i" }) })', ['result: i']],
  [
    'class Broken { [Symbol.for("Jupyter.display")]() { throw new TypeError("no") } }\n__kernel.result(new Broken())',
    ["stderr: Symbol.for('Jupyter.display') of Broken: no; shown as text\n", 'result: Broken {}'],
  ],
  [
    '__kernel.result({ [Symbol.for("Jupyter.display")]: async () => ({ "application/json": 1n }) })',
    [
      "stderr: Symbol.for('Jupyter.display') of Object: application/json: expected JSON, received 1; Do not know how to serialize a BigInt; shown as text\n",
      `result: ${inspect({ [Symbol.for('Jupyter.display')]: async () => 0 })}`,
    ],
  ],
];

describe('outputs of cells', () => {
  let host: Hosted;
  before(async () => {
    host = await startHost();
  });
  after(() => host.end());

  for (const [script, outputs, failure] of [...WRITTEN, ...RESULTS]) {
    it(script.slice(0, 90), async () => {
      const { request, failure: why } = await host.run(script);
      const heard = told(host.outputs(request)).map((text) => text.replaceAll(`cell ${request},`, 'cell N,'));
      assert.deepEqual(heard, outputs);
      assert.equal(why?.traceback[0], failure);
    });
  }

  it('go to the cell whose code writes them, also from timers and promises while another one runs', async () => {
    const early = await host.run(`setTimeout(() => console.log('timer'), 20);
void new Promise((done) => setTimeout(done, 30)).then(() => console.log('promise'));
setTimeout(() => { throw new TypeError('late'); }, 40);
process.nextTick(() => console.log('tick'));`);
    const later = await host.run("await new Promise((done) => setTimeout(done, 80)); console.log('own');");
    assert.deepEqual(told(host.outputs(early.request)), [
      'stdout: tick\ntimer\npromise\n',
      `TypeError: late\n    at Timeout._onTimeout, cell ${early.request}, line 3: setTimeout(() => { throw new TypeError('late'); }, 40);\n(nobody awaited or caught this error)`,
    ]);
    assert.deepEqual(told(host.outputs(later.request)), ['stdout: own\n']);
    assert.equal(later.failure, undefined);
  });

  it('arrive while a synchronous loop runs', async () => {
    const request = host.begin("console.log('in the loop'); for (;;) { if (__stop[0]) __kernel.stopped(); }");
    await host.text('in the loop');
    host.send({ type: 'stop' });
    const { failure } = await host.done(request);
    assert.equal(failure?.ename, 'Interrupted');
  });

  it('of one text are parts of at most half a million characters, without a torn one', async () => {
    const { request } = await host.run("console.log('😀'.repeat(600_000))");
    const texts = host.outputs(request).map(({ content }) => String(content['text']));
    assert.deepEqual(
      texts.map((text) => text.length),
      [500_000, 500_000, 200_001],
    );
    assert.equal(texts.join(''), `${'😀'.repeat(600_000)}\n`);
  });

  it('of a silent cell have no result; expressions have theirs', async () => {
    const expression = (script: string) => ({ ok: true, cell: cellOf(1_000_000, script) }) as const;
    const { request, userExpressions } = await host.run('__kernel.result(1)', {
      silent: true,
      userExpressions: { a: expression('__kernel.result(2 + 3)'), b: expression('throw new RangeError("r")') },
    });
    assert.deepEqual(told(host.outputs(request)), []);
    assert.deepEqual(userExpressions['a'], { status: 'ok', data: { 'text/plain': '5' }, metadata: {} });
    assert.equal((userExpressions['b'] as { evalue: string }).evalue, 'r');
  });
});

describe('a million lines', () => {
  it('are all taken, main waits while 32 MB are under way', async () => {
    const host = await startHost();
    try {
      host.send({ type: 'quiet' });
      const request = host.begin(`let most = 0;
for (let i = 0; i < 1_000_000; i++) {
  console.log('a line of text', i);
  if (i % 1000 === 0) most = Math.max(most, process.memoryUsage.rss());
}
__kernel.result(undefined);
throw most / 2 ** 20;`);
      host.send({ type: 'sleep', ms: 3000 });
      const { count, failure } = await host.done(request);
      assert.equal(count, 1_000_000);
      assert.ok(Number(failure?.evalue) < 700, `${failure?.evalue} MiB`);
    } finally {
      await host.end();
    }
  });
});
