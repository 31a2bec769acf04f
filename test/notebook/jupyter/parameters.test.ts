/** Parameters: the injected cell, what is refused before anything runs, and that the kernel checks the types. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { executeNotebook } from 'iekd/dist/notebook/jupyter/execute';
import type { Notebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import { withParameters } from 'iekd/dist/notebook/jupyter/parameters';
import { codeCell, makeFolder, said } from '../cells';

const DECLARED = `const epochs = 5, minus = -1;
let rate = 0.1;
var big = 1n;
const method: 'ft' | 'kd' = 'ft';
const name = \`a\${1}\`;
const on = true;
const size = { train: 5, test: 2 };
const kind = { name: 'cosine' } as const;
const label: string = '';
const late = await Promise.resolve(3);
const { hidden } = { hidden: 1 };
let unset: number | undefined;
function f() { const inner = 1; return inner; }`;

function book(...more: Notebook['cells']): Notebook {
  const cells = [codeCell('1'), codeCell(DECLARED, { tags: ['x', 'parameters'] }), ...more, codeCell('2')];
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}
const injected = (values: Record<string, string>): string => withParameters(book(), values).cells[2]?.source ?? '';

describe('the injected cell', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['epochs', '3', 'const epochs: number = 3;'],
    ['minus', ' 1e3 ', 'const minus: number = 1e3;'],
    ['rate', '1 / 3', 'rate = 1 / 3;'],
    ['big', '2n', 'big = 2n;'],
    ['method', "'kd'", "const method: 'ft' | 'kd' = 'kd';"],
    ['name', '"b"', 'const name: string = "b";'],
    ['on', 'false', 'const on: boolean = false;'],
    ['size', '{ train: 1, test: 2 }', 'const size = (() => (size = { train: 5, test: 2 }) => size)()({ train: 1, test: 2 });'],
    ['kind', 'kind', "const kind = (() => (kind = { name: 'cosine' } as const) => kind)()(kind);"],
    ['epochs', '[1,\n2].length', 'const epochs: number = [1,\n2].length;'],
  ];
  for (const [name, value, line] of table) {
    it(`${name}=${value}`, () => assert.equal(injected({ [name]: value }), `// Parameters\n${line}`));
  }

  it('stands behind the one that declares, with papermill’s tag, and takes the place of an earlier one', () => {
    const { cells } = withParameters(book(), { rate: '2', epochs: '1' });
    assert.deepEqual(
      cells[2],
      codeCell('// Parameters\nrate = 2;\nconst epochs: number = 1;', { tags: ['injected-parameters'] }),
    );
    assert.deepEqual(
      cells.map(({ source }) => source),
      ['1', DECLARED, cells[2]?.source, '2'],
    );
    const old = { ...codeCell('rate = 9;', { tags: ['injected-parameters'] }), id: 'kept' };
    const again = withParameters(book(codeCell('between'), old), { rate: '3' }).cells;
    assert.deepEqual(
      again.map(({ source }) => source),
      ['1', DECLARED, '// Parameters\nrate = 3;', 'between', '2'],
    );
    assert.equal(again[2]?.id, 'kept');
  });
});

describe('what is refused', () => {
  const expression = (name: string, value: string): readonly [string, string, string] => [
    ...([name, value] as const),
    `--set ${name}: expected a TypeScript expression, received ${JSON.stringify(value)}`,
  ];
  const known = 'epochs, minus, rate, big, method, name, on, size, kind, label, late';
  const table: readonly (readonly [string, string, string])[] = [
    ['epoch', '3', `--set: expected a parameter among ${known}, received "epoch"; did you mean "epochs"?`],
    ['hidden', '3', `--set: expected a parameter among ${known}, received "hidden"`],
    ['inner', '3', `--set: expected a parameter among ${known}, received "inner"`],
    ['unset', '3', `--set: expected a parameter among ${known}, received "unset"`],
    ['late', '3', '--set late: expected a declaration with a type, received none for "3"; write const late: TYPE = …'],
    [
      'size',
      'undefined',
      '--set size: expected a declaration with a type, received none for "undefined"; write const size: TYPE = …',
    ],
    expression('epochs', ''),
    expression('epochs', '3; f()'),
    expression('epochs', '3) + (4'),
    expression('epochs', '3, 4'),
    expression('epochs', '3 // more'),
    expression('epochs', '3 /*'),
    expression('epochs', '3); f('),
    expression('epochs', 'let'.concat(' a')),
    [
      'label',
      'voc:PATH/2007',
      `--set label: expected a TypeScript expression, received "voc:PATH/2007"; a text has quotes of its own: --set 'label="voc:PATH/2007"'`,
    ],
  ];
  for (const [name, value, message] of table) {
    it(`${name}=${value}`, () => assert.throws(() => injected({ [name]: value }), { message }));
  }

  it('a notebook that declares none', () => {
    const message =
      '--set: expected a code cell with the tag "parameters", received none; give the tag to the cell that declares them';
    const none = { ...book(), cells: [codeCell('const epochs = 5;')] };
    assert.throws(() => withParameters(none, { epochs: '3' }), { message });
    const empty = { ...none, cells: [codeCell('', { tags: ['parameters'] })] };
    const nothing = '--set: expected a parameter, and the cell declares none with a value, received "epochs"';
    assert.throws(() => withParameters(empty, { epochs: '3' }), { message: nothing });
  });
});

describe('types, which the kernel checks', () => {
  const run = async (values: Record<string, string>) => {
    const { folder, remove } = makeFolder();
    const cells = [codeCell(DECLARED, { tags: ['parameters'] }), codeCell('console.log(epochs, rate, method, size);')];
    try {
      return await executeNotebook(withParameters({ ...book(), cells }, values), { folder });
    } finally {
      remove();
    }
  };
  it('fitting values are there in later cells', async () => {
    const result = await run({ epochs: '3', rate: '1', method: "'kd'", size: '{ train: 1, test: 9 }' });
    assert.ok(result.ok, result.failure?.message);
    assert.deepEqual(said(result, 2), ['stdout: 3 1 kd { train: 1, test: 9 }\n']);
  });
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['epochs', '"x"', /Type 'string' is not assignable to type 'number'.*\n.*const epochs: number = "x";/],
    ['rate', 'true', /Type 'boolean' is not assignable to type 'number'.*\n.*rate = true;/],
    ['method', "'at'", /Type '"at"' is not assignable to type '"ft" \| "kd"'.*\n.*const method/],
    ['size', '{ train: 1 }', /'test' is missing in type .*[\s\S]*const size/],
  ];
  for (const [name, value, message] of table) {
    it(`${name}=${value}`, async () => {
      const result = await run({ [name]: value });
      assert.equal(result.failure?.cell, 1);
      assert.match(said(result, 1).join('\n'), message);
    });
  }
});
