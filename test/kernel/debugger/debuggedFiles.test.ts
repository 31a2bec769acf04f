/** Breakpoints and steps in files that cells import: local ones, which may change, and the library by its source maps. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ROOT } from '../../notebook/cells';
import { type DebuggedKernel, debuggedKernel } from './debuggedKernel';

let kernel: DebuggedKernel;
before(async () => {
  kernel = await debuggedKernel();
  await kernel.attach();
});
after(() => kernel.close());

const USED = "import { twice } from './my own#1';\ntwice(4)";
const twice = (extra: string): string =>
  `${extra}interface Pair { n: number }\n\nexport function twice(n: number): number {\n  const pair: Pair = { n };\n  return pair.n * 2;\n}\nconsole.log('loaded');\n`;

describe('a local file', () => {
  let path: string;
  before(() => {
    path = kernel.write('my own#1.ts', twice(''));
  });
  it('halts where it was told to before it was there', async () => {
    const [inFunction, atTop] = await kernel.breakAt(path, 5, 7);
    assert.deepEqual([inFunction?.['verified'], atTop?.['verified']], [false, false]);
    assert.equal(inFunction?.['message'], 'no code of this line is loaded');
    assert.deepEqual(await kernel.lines(USED), { lines: [7, 5], said: 'loaded\n8' });
  });
  it('halts in the new text once it was edited', async () => {
    kernel.write('my own#1.ts', twice('// a new line\n// and another\n'));
    await kernel.breakAt(path, 7);
    assert.deepEqual(await kernel.lines(USED), { lines: [7], said: 'loaded\n8' });
  });
  it('is listed, read, stepped into and out of', async () => {
    const { modules } = await kernel.ask<{ modules: { path: string }[] }>('modules');
    assert.ok(modules.some((module) => module.path === path));
    assert.deepEqual(await kernel.ask('source', { source: { path } }), { content: twice('// a new line\n// and another\n') });
    await kernel.breakAt(path);
    const code = `${USED};\n'end'`;
    await kernel.breakIn(code, 2);
    const cell = kernel.start(code);
    await kernel.stopped(cell);
    await kernel.ask('stepIn');
    await kernel.stopped(cell);
    const frames = await kernel.frames();
    assert.deepEqual(
      frames.map(({ name, line, source }) => [name, line, source.name]),
      [
        ['twice', 6, 'my own#1.ts'],
        ['cell 3', 2, frames[1]?.source.name],
      ],
    );
    assert.deepEqual((await kernel.scopes())['Locals'], ['n = 4', 'pair = undefined']);
    await kernel.ask('stepOut');
    await kernel.stopped(cell);
    assert.deepEqual(
      (await kernel.frames()).map(({ line }) => line),
      [3],
    );
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), "'end'");
  });
  it('runs without a stop when none is asked for', async () => {
    kernel.write('my own#1.ts', twice('// once more\n'));
    assert.deepEqual(await kernel.lines(USED), { lines: [], said: 'loaded\n8' });
  });
});

describe('the library', () => {
  const CALL = "import { mean } from 'iekd/dist/util/stats';\nmean([1, 3])";
  it('is stepped into', async () => {
    await kernel.breakIn(CALL, 2);
    const cell = kernel.start(CALL);
    await kernel.stopped(cell);
    await kernel.ask('stepIn');
    await kernel.stopped(cell);
    const [top] = await kernel.frames();
    assert.deepEqual([top?.name, top?.source.path], ['mean', join(ROOT, 'lib/util/stats.ts')]);
    const { content } = await kernel.ask<{ content: string }>('source', { source: { path: top?.source.path } });
    assert.match(
      content
        .split('\n')
        .slice((top?.line ?? 1) - 3, top?.line)
        .join('\n'),
      /function mean/,
    );
    await kernel.breakIn(CALL);
    await kernel.ask('continue');
    assert.equal(await kernel.output(cell), '2');
  });
  it('halts at a breakpoint of its own', async () => {
    const path = join(ROOT, 'lib/util/stats.ts');
    const { content } = await kernel.ask<{ content: string }>('source', { source: { path } });
    const line = content.split('\n').findIndex((text) => text.startsWith('export function mean(')) + 2;
    const [set] = await kernel.breakAt(path, line);
    assert.deepEqual([set?.['verified'], set?.['line']], [true, line]);
    assert.deepEqual(await kernel.lines(CALL), { lines: [line], said: '2' });
    await kernel.breakAt(path);
  });
  it('no other source is read', async () => {
    const path = join(ROOT, 'package.json');
    const message = `source: expected a source whose code is loaded, received ${path}`;
    await assert.rejects(kernel.ask('source', { source: { path } }), { message });
  });
});
