/** `iekd kernel`: install, list and uninstall as a user types them, with data folders of the test's own. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Ended, iekd } from '../command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-kernel-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const user = join(folder, 'user');
const env = { JUPYTER_DATA_DIR: user, JUPYTER_PATH: '', VIRTUAL_ENV: join(folder, 'env'), CONDA_PREFIX: '', COLUMNS: '500' };
const kernel = (...args: string[]): Ended => iekd(['kernel', ...args], env);
const described = (data: string, name: string): string => join(data, 'kernels', name, 'kernel.json');

test('install, list and uninstall, in three places', () => {
  const prefix = join(folder, 'prefix');
  const places = [user, join(folder, 'env/share/jupyter'), join(prefix, 'share/jupyter')] as const;
  assert.equal(kernel('install').stdout, `installed tslab (TypeScript (iekd)) in ${join(user, 'kernels/tslab')}\n`);
  assert.equal(kernel('install', '--sys-prefix', '--name', 'one').stderr, '');
  const { stderr } = kernel('install', '--prefix', prefix, '--name', 'two', '--display-name', 'Two');
  assert.equal(stderr, `Jupyter does not look there by itself; start it with JUPYTER_PATH=${places[2]}\n`);
  assert.deepEqual(
    [described(places[0], 'tslab'), described(places[1], 'one'), described(places[2], 'two')].map((path) => existsSync(path)),
    [true, true, true],
  );
  const rows = JSON.parse(kernel('list', '--json').stdout) as Record<string, unknown>[];
  const listed = rows.filter((row) => String(row['folder']).startsWith(folder));
  assert.deepEqual(
    listed.map(({ name, missing }) => [name, missing]),
    [
      ['tslab', []],
      ['one', []],
    ],
  );
  assert.match(kernel('list').stdout, /^name +folder +checkout +files\n.*\ntslab +\S+kernels\/tslab +\S+ +there\none +/);
  assert.equal(kernel('uninstall', 'one').stdout, `removed ${join(places[1], 'kernels/one')}\n`);
  assert.equal(kernel('uninstall', 'two', '--prefix', prefix).code, 0);
  assert.equal(kernel('uninstall', '--user').code, 0);
  assert.deepEqual(
    [described(places[0], 'tslab'), described(places[1], 'one'), described(places[2], 'two')].map((path) => existsSync(path)),
    [false, false, false],
  );
});

describe('mistakes', () => {
  const table: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['install', '--user', '--prefix', 'x'], 2, /option '--user' cannot be used with option '--prefix <folder>'/],
    [['install', '--sys-prefix', '--user'], 2, /cannot be used with option/],
    [['install', '--name', 'Big'], 1, /^iekd: --name: expected a name of small letters, .*, received "Big"\n$/],
    [['install', '--prefix', ' '], 1, /^iekd: --prefix: expected a folder, received none\n$/],
    [['uninstall', 'none', '--user'], 1, /^iekd: uninstall: expected an installed kernel of this project, .*received "none"\n$/],
    [['instal'], 2, /unknown command 'instal'\n\(Did you mean install\?\)/],
  ];
  for (const [args, code, message] of table) {
    test(args.join(' '), () => {
      const ended = kernel(...args);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr, message);
    });
  }
});
