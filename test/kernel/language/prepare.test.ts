/** Packages that are read, or loaded, before a cell that imports them is compiled. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createLanguage } from 'iekd/dist/kernel/language/language';
import type { CompileResult } from 'iekd/dist/kernel/messages';
import { importedOwnPackages } from 'iekd/dist/kernel/ownPackages';

const folder = mkdtempSync(join(tmpdir(), 'language-'));
after(() => rmSync(folder, { recursive: true }));

const said = (result: CompileResult): string => (result.ok ? 'compiled' : (result.diagnostics[0]?.text ?? ''));

/** Milliseconds of this process's own work. */
function work(task: () => void): number {
  const before = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('a package that was prepared', () => {
  const source = "import { start } from 'iekd';\ntypeof start";
  let number = 0;
  const compile = (language: ReturnType<typeof createLanguage>, cell: string): string =>
    said(language.compile({ number: ++number, source: cell }));

  it('costs the cell that imports it less than half, and is checked as ever', () => {
    const [plain, prepared] = [createLanguage({ folder }), createLanguage({ folder })];
    for (const language of [plain, prepared]) assert.equal(compile(language, '1 + 1'), 'compiled');
    prepared.prepare('iekd');
    const [without, having] = [plain, prepared].map((language) =>
      work(() => assert.equal(compile(language, source), 'compiled')),
    ) as [number, number];
    assert.ok(having < without / 2, `${having} of ${without} ms`); // 0.2 where it was measured
    assert.equal(compile(prepared, 'const n: number = start;').split("'")[0], 'Type ');
  });

  it('is read in pieces where somebody asks for something meanwhile', () => {
    const [plain, prepared] = [createLanguage({ folder }), createLanguage({ folder })];
    for (const language of [plain, prepared]) assert.equal(compile(language, '1 + 1'), 'compiled');
    const PIECE = 300;
    const read = (most: number): number => {
      let files = 0;
      prepared.prepare('iekd', () => ++files > most);
      return files;
    };
    for (let most = PIECE; read(most) > most; most += PIECE) {
      assert.ok(most < 10_000, `${most} files and no end`);
      assert.equal(compile(prepared, '2 + 2'), 'compiled');
    }
    const [without, having] = [plain, prepared].map((language) =>
      work(() => assert.equal(compile(language, source), 'compiled')),
    ) as [number, number];
    assert.ok(having < without / 2, `${having} of ${without} ms`);
  });

  it('is no name of any cell, and one that is not there is passed over', () => {
    const language = createLanguage({ folder });
    language.prepare('iekd');
    language.prepare('no-such-package');
    assert.equal(compile(language, 'start'), "Cannot find name 'start'.");
    assert.equal(
      compile(language, "import { x } from 'no-such-package';"),
      "Cannot find module 'no-such-package' or its corresponding type declarations.",
    );
  });
});

describe('a cell that declares nothing', () => {
  it('is compiled without a new program', () => {
    const language = createLanguage({ folder });
    const times = Array.from({ length: 20 }, (_, i) => work(() => void language.compile({ number: i + 1, source: '1 + 1' })));
    assert.ok(Math.min(...times) < 15, `${Math.min(...times)} ms`); // 2 where it was measured; with a new program 30
  });
});

describe('packages of the kernel’s own that a cell imports', () => {
  for (const [source, expected] of [
    ["import { start } from 'iekd';", ['iekd']],
    ['import * as a from "iekd/dist/util/stats"; import\n{ b }\nfrom "tslab"', ['iekd/dist/util/stats', 'tslab']],
    ["export * from 'iekd'", ['iekd']],
    ["import { x } from 'iekd-other'; import y from './iekd'; const from = 'iekd'", []],
    ["import { x } from 'iekd", []],
  ] as const) {
    it(JSON.stringify(source), () => assert.deepEqual(importedOwnPackages(source), expected));
  }
});
