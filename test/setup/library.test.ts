/** When the library is built again, and what a type error says. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inFolder, load, ROOT } from './load';

interface Library {
  sourceStamp(root: string): string;
  ensureLibrary(root: string, log: (line: string) => void): Promise<void>;
}

const PROJECT = {
  'package-lock.json': '{}',
  'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "node16", "target": "es2022" }, "files": [] }',
  'lib/tsconfig.json':
    '{ "extends": "../tsconfig.json", "compilerOptions": { "composite": true, "rootDir": ".", "outDir": "dist", "types": [] }, "include": ["**/*.ts"], "exclude": ["dist"] }',
  'lib/index.ts': 'export const one: number = 1;\n',
  'lib/util/two.ts': 'export const two: number = 2;\n',
};

const CHANGES: readonly (readonly [string, (folder: string) => void, boolean])[] = [
  ['nothing', () => {}, false],
  ['an edit', (f) => appendFileSync(join(f, 'lib/index.ts'), '// more\n'), true],
  ['a new file', (f) => writeFileSync(join(f, 'lib/util/three.ts'), ''), true],
  ['a removed file', (f) => rmSync(join(f, 'lib/util/two.ts')), true],
  ['another compiler setting', (f) => appendFileSync(join(f, 'tsconfig.json'), '\n'), true],
  ['other dependencies', (f) => appendFileSync(join(f, 'package-lock.json'), '\n'), true],
  ['a file of the set-up itself', (f) => writeFileSync(join(f, 'lib/util/x.mjs'), ''), false],
  ['output', (f) => appendFileSync(join(f, 'lib/dist/index.d.ts'), '\n'), false],
];

describe('sourceStamp', () => {
  for (const [name, change, moves] of CHANGES) {
    test(`${name} ${moves ? 'changes' : 'keeps'} it`, () =>
      inFolder({ ...PROJECT, 'lib/dist/index.d.ts': '' }, async (folder) => {
        const { sourceStamp } = await load<Library>('library');
        const before = sourceStamp(folder);
        change(folder);
        assert.equal(sourceStamp(folder) !== before, moves);
      }));
  }
});

test('ensureLibrary builds, is silent when nothing changed, and reports a type error with its line', () =>
  inFolder(PROJECT, async (folder) => {
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const { ensureLibrary } = await load<Library>('library');
    const lines: string[] = [];
    const ensure = (): Promise<void> => ensureLibrary(folder, (line) => lines.push(line));
    await ensure();
    assert.ok(existsSync(join(folder, 'lib/dist/util/two.js')));
    await ensure();
    assert.deepEqual(lines, ['building the library (tsc -b lib) …']);
    writeFileSync(join(folder, 'lib/index.ts'), "export const one: number = 'one';\n");
    await assert.rejects(ensure(), /^Error: the library does not build:\nlib\/index\.ts\(1,14\): error TS2322/);
    await assert.rejects(ensure(), /TS2322/, 'a failed build is not taken for a finished one');
  }));
