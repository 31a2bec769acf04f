/** The sentences for what tslab cannot do, and that tslab indeed cannot. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cellProblems } from 'iekd/dist/kernel/cellProblems';
import { makeFolder } from '../notebook/cells';

const CURE = 'begin the cell with `await 0;`, or write an async function and await its call';
const cannotAwait = (what: string): string => `tslab cannot run \`${what}\` outside a function: ${CURE}`;
const LOOP = `tslab cannot run \`for await\` outside a function: ${CURE}`;
const EXPORT = 'tslab cannot run `export` in a cell: leave the word out, later cells see every top-level name';
const ABOVE = "from above the notebook's folder";

/** Source, then line and sentence of each problem. */
const CASES: readonly (readonly [string, readonly (readonly [number, string])[]])[] = [
  ['await (f());', [[1, cannotAwait('await (')]]],
  ['const a = 1;\nconst b = await (f());', [[2, cannotAwait('await (')]]],
  ['console.log(await (f()));', [[1, cannotAwait('await (')]]],
  ['if (true) {\n  await [f()][0];\n}', [[2, cannotAwait('await [')]]],
  ['await\n(f());', [[1, cannotAwait('await (')]]],
  ['for await (const x of y) {}', [[1, LOOP]]],
  ['await 0; await (f());', []],
  ['await (f()); await f();', []],
  ['await 0;\nfor await (const x of y) {}', []],
  ['await f();', []],
  ["await 'text';", []],
  ['const g = async () => { await (f()); for await (const x of y) {} };', []],
  ['class A { async m() { await (f()); } }', []],
  [
    "import { a } from '../lib/a';",
    [
      [
        1,
        `tslab cannot import '../lib/a' ${ABOVE}: import from 'iekd'; after a change there run \`npm run build\` and restart the kernel`,
      ],
    ],
  ],
  [
    "import type { A } from '..';",
    [
      [
        1,
        `tslab cannot import '..' ${ABOVE}: import from 'iekd'; after a change there run \`npm run build\` and restart the kernel`,
      ],
    ],
  ],
  [
    "import x from '../y.json';",
    [[1, `tslab cannot import '../y.json' ${ABOVE}: write \`JSON.parse(fs.readFileSync('../y.json', 'utf8'))\``]],
  ],
  ["import { a } from './folder';", [[1, "tslab cannot import the folder './folder': write './folder/index'"]]],
  ["import { a } from './folder/index';", []],
  ["import { refuse } from 'iekd';\nimport x from './y.json';", []],
  [
    "\nimport fs = require('node:fs');",
    [[2, "tslab cannot run `import fs = require('node:fs')`: write `import * as fs from 'node:fs'`"]],
  ],
  [
    'export const z = 1;\nexport default z;',
    [
      [1, EXPORT],
      [2, EXPORT],
    ],
  ],
  ['export { f };', [[1, EXPORT]]],
  ["const text = 'await (x) and for await (y)'; // await (z)", []],
];

describe('cell problems', () => {
  let folder: string;
  let remove: () => void;
  before(() => {
    ({ folder, remove } = makeFolder());
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'folder/index.ts'), 'export const a = 1;');
  });
  after(() => remove());
  for (const [source, expected] of CASES) {
    it(JSON.stringify(source), () => {
      assert.deepEqual(
        cellProblems(source, folder),
        expected.map(([line, sentence]) => ({ line, sentence })),
      );
    });
  }

  it('tslab itself takes exactly the awaits that have no problem', () => {
    const { createConverter } = require('tslab/dist/converter') as {
      createConverter(options: object): {
        convert(previous: string, source: string): { hasToplevelAwait?: boolean; diagnostics: unknown[] };
        close(): void;
      };
    };
    const converter = createConverter({});
    const declared = 'declare const f: () => Promise<number>; declare const y: AsyncGenerator<number>;';
    for (const [source, problems] of CASES) {
      if (!source.includes('await') || /^(const text|const g|class)/.test(source)) continue;
      const { hasToplevelAwait, diagnostics } = converter.convert(declared, source);
      assert.deepEqual(diagnostics, [], source);
      assert.equal(hasToplevelAwait, problems.length === 0, source);
    }
    converter.close();
  });
});
