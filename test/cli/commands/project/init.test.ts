/** A new project: what is in it, and that nothing of anybody's is overwritten. CI installs and runs one (.ci/package.sh). */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { projectFiles } from 'iekd/dist/cli/commands/project/projectTemplate';
import { readNotebook } from 'iekd/dist/notebook/jupyter/notebookFile';
import ts from 'typescript';
import { iekd } from '../../command';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'iekd-init-')));
after(() => rmSync(folder, { recursive: true, force: true }));
const LIB = resolve(__dirname, '../../../../lib');

const PLAN = {
  name: 'small',
  data: { name: 'folder:pictures', options: '{ pixels: 32 }' },
  dependencies: { iekd: '1.2.3' },
  typescript: '6.0.3',
};

describe('the files', () => {
  const files = projectFiles(PLAN);

  test('package.json', () => {
    assert.deepEqual(JSON.parse(files['package.json'] ?? ''), {
      ...{ name: 'small', version: '0.0.0', private: true },
      scripts: { train: 'tsc && node dist/train.js', notebook: 'iekd run distil.ipynb' },
      dependencies: { iekd: '1.2.3' },
      devDependencies: { typescript: '6.0.3' },
    });
  });

  test('the program and every cell are TypeScript, and load the data that was asked for', () => {
    const path = join(folder, 'read.ipynb');
    writeFileSync(path, files['distil.ipynb'] ?? '');
    const cells = readNotebook(path).cells.filter(({ cell_type: type }) => type === 'code');
    const tagged = cells.filter(({ metadata }) => JSON.stringify(metadata).includes('parameters'));
    assert.equal(tagged.length, 1);
    for (const code of [files['train.ts'] ?? '', cells.map(({ source }) => [source].flat().join('')).join('\n')]) {
      const { diagnostics } = ts.transpileModule(code, {
        reportDiagnostics: true,
        compilerOptions: { module: ts.ModuleKind.ES2022 },
      });
      assert.deepEqual(diagnostics, []);
      assert.match(code, /loadDataset\("folder:pictures", \{ pixels: 32 \}\)/);
    }
  });
});

describe('iekd init', () => {
  test('writes a project that asks for this library, and refuses to write it again', () => {
    const place = join(folder, 'My Cats');
    const { code, stdout, stderr } = iekd(['init', place, '--json', '--data', `folder:${join(folder, 'pictures')}`]);
    assert.equal(code, 0, stderr);
    const names = ['package.json', 'tsconfig.json', 'train.ts', 'distil.ipynb', '.gitignore', 'README.md'];
    assert.deepEqual(
      JSON.parse(stdout),
      names.map((name) => join(place, name)),
    );
    const { name, dependencies } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
    assert.deepEqual([name, dependencies], ['my-cats', { iekd: `file:${relative(place, LIB)}` }]);
    assert.match(readFileSync(join(place, 'train.ts'), 'utf8'), /loadDataset\("folder:\.\.\/pictures"/);
    const again = iekd(['init', place]);
    assert.equal(again.code, 1);
    assert.equal(
      again.stderr,
      `iekd: ${place}: expected a folder without these files, received ${names.slice(1).join(', ')}; name another folder, or move them away\n`,
    );
  });

  test('keeps a package.json that has iekd, and refuses another one', () => {
    const [own, foreign] = [join(folder, 'own'), join(folder, 'foreign')];
    for (const [place, dependencies] of [
      [own, { iekd: '*' }],
      [foreign, {}],
    ] as const) {
      mkdirSync(place);
      writeFileSync(join(place, 'package.json'), JSON.stringify({ dependencies }));
    }
    const kept = iekd(['init', own, '--data', 'cifar10']);
    assert.equal(kept.code, 0, kept.stderr);
    assert.equal(readFileSync(join(own, 'package.json'), 'utf8'), '{"dependencies":{"iekd":"*"}}');
    const refused = iekd(['init', foreign]);
    assert.match(refused.stderr, /expected a folder without these files, received package\.json; /);
    assert.deepEqual(readdirSync(foreign), ['package.json']);
  });

  test('an unknown data set is refused before anything is written', () => {
    const { code, stderr } = iekd(['init', join(folder, 'none'), '--data', 'cats']);
    assert.equal(code, 1);
    assert.match(stderr, /^iekd: --data: expected one of fashion-mnist, cifar10, cifar100, folder:PATH, /);
    assert.ok(!readdirSync(folder).includes('none'));
  });
});
