/** `iekd run`: the executed copy, the page, the table at the end, and what a failing cell does. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { lastTable } from 'iekd/dist/cli/commands/runCommand';
import { type CodeCell, type Notebook, readNotebook, writeNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { iekd } from '../command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-run-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const TABLE = JSON.stringify(resolve(__dirname, '..', '..', '..', 'lib', 'dist', 'notebook', 'display', 'table.js'));
const STOP = JSON.stringify(resolve(__dirname, '..', '..', '..', 'lib', 'dist', 'util', 'stopSignal.js'));
const SHOW = `require(${TABLE}).showTable([{ method: 'alone', top1: 0.5 }, { method: 'ie-ft', top1: 0.75 }]);`;

function cell(source: string, outputs: CodeCell['outputs'] = []): CodeCell {
  return { cell_type: 'code', source, metadata: {}, outputs, execution_count: null };
}

function notebook(name: string, ...cells: CodeCell[]): string {
  const path = join(folder, name);
  const metadata = { kernelspec: { name: 'tslab', display_name: 'TypeScript', language: 'typescript' } };
  writeNotebook(path, { cells, metadata, nbformat: 4, nbformat_minor: 5 });
  return path;
}

const shown = (path: string): string[] =>
  readNotebook(path).cells.flatMap((c) => (c.cell_type === 'code' ? c.outputs.map((o) => o.output_type) : []));

test('writes a copy and a page, and ends with the last table', () => {
  const input = notebook('fine.ipynb', cell("console.log('hello');"), cell(SHOW));
  const before = readFileSync(input, 'utf8');
  const out = join(folder, 'out');
  const { code, stdout, stderr } = iekd(['run', input, '--out', out, '--open-hint']);
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^\nmethod +top1\n.*\nalone +0\.50?\nie-ft +0\.75\n\nexecuted notebook +\S*fine\.ipynb\npage +\S*fine\.html\ntime +[\d.]+ s\n$/,
  );
  assert.match(stderr, /^Open file:\/\/\S*fine\.html in a browser\./m);
  assert.deepEqual(shown(join(out, 'fine.ipynb')), ['stream', 'display_data']);
  assert.match(readFileSync(join(out, 'fine.html'), 'utf8'), /<html[\s\S]*ie-ft/);
  assert.equal(readFileSync(input, 'utf8'), before);
});

test('a failing cell: exit 1, a sentence, and what was done is kept; --in-place and --json', () => {
  const input = notebook('broken.ipynb', cell("console.log('so far');"), cell("throw new Error('no such luck');"), cell(SHOW));
  const { code, stdout, stderr } = iekd(['run', input, '--out', join(folder, 'pages'), '--in-place', '--json']);
  assert.equal(code, 1);
  assert.match(stderr, /^run: cell 2 failed: Error: no such luck\n {4}at cell 2, line 1: /m);
  const { ok, notebook: path, page, failure } = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual([ok, path, page], [false, input, join(folder, 'pages', 'broken.html')]);
  assert.deepEqual(failure, { cell: 1, name: 'Error', message: 'no such luck' });
  assert.deepEqual(shown(input), ['stream', 'error']);
  assert.ok(existsSync(join(folder, 'pages', 'broken.html')));
});

test('what is no notebook is refused, and nothing is written', () => {
  const path = join(folder, 'text.ipynb');
  writeFileSync(path, 'not JSON');
  const { code, stderr } = iekd(['run', path, '--in-place', '--out', join(folder, 'none')]);
  assert.equal(code, 1);
  assert.match(stderr, /^iekd: .*text\.ipynb: line 1, column 1: expected JSON, here a value, received /);
  assert.equal(readFileSync(path, 'utf8'), 'not JSON');
  assert.equal(existsSync(join(folder, 'none')), false);
});

test('what is no notebook by its name either is not told where its JSON is wrong', () => {
  const path = join(folder, 'README.md');
  writeFileSync(path, '# Title');
  const { code, stderr } = iekd(['run', path, '--out', join(folder, 'none')]);
  const message = `${path}: expected a notebook (.ipynb), received a file that is none; name a notebook`;
  assert.deepEqual([code, stderr], [1, `iekd: ${message}\n`]);
  const { stderr: absent } = iekd(['run', `${path}.md`]);
  assert.match(absent, /README\.md\.md: expected a notebook, received no such file or folder/);
});

describe('--set', () => {
  const parameters = { ...cell('const epochs = 5;\nlet rate = 1;'), metadata: { tags: ['parameters'] } };
  const input = notebook('set.ipynb', parameters, cell('console.log(epochs, rate);'));
  test('gives parameters other values; run again in place, others', () => {
    for (const [epochs, line] of [
      [3, '3 0.5\n'],
      [4, '4 0.5\n'],
    ] as const) {
      const values = ['--set', `epochs=${epochs}`, '--set', 'rate=1 / 2'];
      const { code, stderr } = iekd(['run', input, '--in-place', '--out', join(folder, 'set'), ...values]);
      assert.equal(code, 0, stderr);
      const { cells } = readNotebook(input);
      assert.equal(cells.length, 3);
      assert.equal(cells[1]?.source, `// Parameters\nconst epochs: number = ${epochs};\nrate = 1 / 2;`);
      assert.deepEqual((cells[2] as CodeCell).outputs, [{ output_type: 'stream', name: 'stdout', text: line }]);
    }
  });
  const rows: readonly (readonly [string, number, RegExp])[] = [
    ['epochs', 2, /argument 'epochs' is invalid\. expected NAME=EXPRESSION\.\n$/],
    ['=3', 2, /expected NAME=EXPRESSION/],
    ['epochs= ', 2, /expected NAME=EXPRESSION/],
    ['epoch=3', 1, /^iekd: --set: expected a parameter among epochs, rate, received "epoch"; did you mean "epochs"\?\n$/],
    ["epochs='x'", 1, /^run: cell 2 failed: .*line 2: Type 'string' is not assignable to type 'number'\.\n.*const epochs/m],
  ];
  for (const [value, expected, message] of rows) {
    test(value, () => {
      const { code, stderr } = iekd(['run', input, '--out', join(folder, 'set'), '--set', value]);
      assert.equal(code, expected);
      assert.match(stderr, message);
    });
  }
});

describe('where it cannot write, nothing is run', () => {
  const made = join(folder, 'made');
  const input = notebook('wanting.ipynb', cell(`require('node:fs').writeFileSync(${JSON.stringify(made)}, '');`));
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'taken', 'wanting.html'), { recursive: true });
  const through = 'a path through a file (ENOTDIR); a part of the path is a file, not a folder: choose another path';
  const rows: readonly (readonly [string, string])[] = [
    [
      join('file', 'out'),
      `${join(folder, 'file', 'out', 'wanting.html')}: expected a place that can be written, received ${through}`,
    ],
    ['taken', `${join(folder, 'taken', 'wanting.html')}: expected a place that can be written, received a folder; name a file`],
  ];
  for (const [out, message] of rows) {
    test(out, () => {
      const { code, stderr } = iekd(['run', input, '--out', join(folder, out)]);
      assert.deepEqual([code, stderr], [1, `iekd: ${message}\n`]);
      assert.equal(existsSync(made), false);
    });
  }
});

describe('cells that ran are kept when the command ends in a later one', () => {
  const end = (signal: string): CodeCell =>
    cell(`process.kill(process.ppid, '${signal}');
const { interruptSignal, nextTurn } = require(${STOP});
while (!interruptSignal().stopped) await nextTurn();`);
  const rows: readonly (readonly [string, number | null, string])[] = [
    ['SIGKILL', null, 'stream'],
    ['SIGTERM', 143, 'error'],
    ['SIGHUP', 129, 'error'],
  ];
  for (const [signal, expected, last] of rows) {
    test(`by ${signal}`, () => {
      const input = notebook(`${signal}.ipynb`, cell("console.log('done');"), end(signal));
      const out = join(folder, signal);
      const { code, stderr } = iekd(['run', input, '--out', out]);
      assert.equal(code, expected, stderr);
      const outputs = shown(join(out, `${signal}.ipynb`));
      assert.deepEqual([outputs[0], outputs.at(-1)], ['stream', last]);
      assert.equal(existsSync(join(out, `${signal}.html`)), expected !== null);
    });
  }
});

describe('lastTable', () => {
  const data = (entries: Record<string, string>) => ({ output_type: 'display_data', data: entries, metadata: {} }) as const;
  const book = (...outputs: CodeCell['outputs'][]): Notebook => ({
    cells: outputs.map((o) => cell('', o)),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });
  const one = data({ 'text/html': '<table>1</table>', 'text/plain': 'one\n' });
  const two = data({ 'text/html': '<p/><table>2</table>', 'text/plain': 'two' });
  const table: readonly (readonly [string, Notebook, string | undefined])[] = [
    ['of a notebook without outputs', book([]), undefined],
    ['the last of several', book([one], [two], []), 'two'],
    ['passes over what follows it', book([one, data({ 'text/html': '<b>x</b>', 'text/plain': 'x' })]), 'one'],
    ['passes over a table without text', book([one, data({ 'text/html': '<table>3</table>' })]), 'one'],
    ['passes over printed text', book([{ output_type: 'stream', name: 'stdout', text: '<table>' }]), undefined],
  ];
  for (const [name, given, expected] of table) test(name, () => assert.equal(lastTable(given), expected));
});
