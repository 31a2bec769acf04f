/** When the locked packages are installed, and what happens when npm fails; npm is played by a script. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { inFolder, load, ROOT } from './load';

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly link?: boolean;
}
type Packages = Readonly<Record<string, LockedPackage>>;

interface Dependencies {
  isInstalled(locked: Packages, installed: Packages): boolean;
  isLocked(manifest: object, locked: object): boolean;
  ensureDependencies(root: string, log: (line: string) => void): Promise<void>;
}

const A = { version: '1.0.0', integrity: 'sha512-a' };
const INSTALLED: readonly (readonly [string, Packages, Packages, boolean])[] = [
  ['nothing asked for', {}, {}, true],
  ['all there', { 'node_modules/a': A }, { 'node_modules/a': A }, true],
  ['missing', { 'node_modules/a': A }, {}, false],
  ['another version', { 'node_modules/a': A }, { 'node_modules/a': { ...A, version: '1.0.1' } }, false],
  ['another content', { 'node_modules/a': A }, { 'node_modules/a': { ...A, integrity: 'sha512-b' } }, false],
  ['a link in place of a package', { 'node_modules/a': A }, { 'node_modules/a': { ...A, link: true } }, false],
  ['optional and missing', { 'node_modules/a': { ...A, optional: true } }, {}, true],
  [
    'optional, another version',
    { 'node_modules/a': { ...A, optional: true } },
    { 'node_modules/a': { ...A, version: '2.0.0' } },
    false,
  ],
  ['the project and its workspace do not count', { '': A, lib: A }, {}, true],
  ['more than asked for', { 'node_modules/a': A }, { 'node_modules/a': A, 'node_modules/b': A }, true],
];

const RANGES: readonly (readonly [string, object, object, boolean])[] = [
  ['equal', { dependencies: { a: '1', b: '2' } }, { dependencies: { b: '2', a: '1' } }, true],
  ['other fields do not count', { scripts: { x: 'y' }, dependencies: {} }, {}, true],
  ['another range', { dependencies: { a: '1' } }, { dependencies: { a: '2' } }, false],
  ['moved to development', { devDependencies: { a: '1' } }, { dependencies: { a: '1' } }, false],
];

describe('isInstalled', () => {
  for (const [name, locked, installed, expected] of INSTALLED) {
    test(name, async () => assert.equal((await load<Dependencies>('dependencies')).isInstalled(locked, installed), expected));
  }
});

describe('isLocked', () => {
  for (const [name, manifest, locked, expected] of RANGES) {
    test(name, async () => assert.equal((await load<Dependencies>('dependencies')).isLocked(manifest, locked), expected));
  }
  test('the committed package.json and package-lock.json agree', async () => {
    const read = (file: string): { packages: Record<string, object> } => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    assert.ok(
      (await load<Dependencies>('dependencies')).isLocked(read('package.json'), read('package-lock.json').packages[''] ?? {}),
    );
  });
});

/** A project with one package, and an npm that does what `npm` says. */
const project = (npm: string): Record<string, string> => ({
  'package.json': JSON.stringify({ dependencies: { a: '1.0.0' } }),
  'package-lock.json': JSON.stringify({ packages: { '': { dependencies: { a: '1.0.0' } }, 'node_modules/a': A } }),
  'npm-cli.js': `const fs = require('node:fs');
const args = process.argv.slice(2);
const install = () => {
  fs.mkdirSync('node_modules', { recursive: true });
  fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json');
};
fs.appendFileSync('calls.txt', args.join(' ') + '\\n');
${npm}`,
});

const execPath = process.env.npm_execpath;

async function ensure(folder: string): Promise<{ lines: string[]; calls: string[] }> {
  process.env.npm_execpath = join(folder, 'npm-cli.js');
  const lines: string[] = [];
  await (await load<Dependencies>('dependencies')).ensureDependencies(folder, (line) => lines.push(line));
  const calls = existsSync(join(folder, 'calls.txt')) ? readFileSync(join(folder, 'calls.txt'), 'utf8').trim().split('\n') : [];
  return { lines, calls };
}

describe('ensureDependencies', () => {
  afterEach(() => {
    if (execPath === undefined) delete process.env.npm_execpath;
    else process.env.npm_execpath = execPath;
  });

  test('installs once, then is silent', () =>
    inFolder(project('install();'), async (folder) => {
      const first = await ensure(folder);
      assert.match(first.calls[0] ?? '', /^ci --ignore-scripts --include=dev /);
      assert.equal(first.lines[0], 'installing the locked dependencies (npm ci) …');
      const second = await ensure(folder);
      assert.deepEqual(second, { lines: [], calls: first.calls });
    }));

  test('a failure says what npm said', () =>
    inFolder(project("console.error('npm error code ENOTFOUND'); process.exitCode = 3;"), async (folder) => {
      const expected =
        /^npm ci failed \(exit 3\):\nnpm error code ENOTFOUND\nCheck the network and proxy settings and run it again\.$/;
      await assert.rejects(ensure(folder), { message: expected });
    }));

  test('a cache that cannot be written is replaced by one of its own', () => {
    const npm = `if (args[0] === 'config') console.log('/nowhere/to/write');
else if (args.includes('--cache')) install();
else { console.error('npm error code EROFS'); process.exitCode = 1; }`;
    return inFolder(project(npm), async (folder) => {
      const { calls, lines } = await ensure(folder);
      assert.match(calls.at(-1) ?? '', /^ci .* --cache .*npm-cache$/);
      assert.equal(lines[1], "npm's cache cannot be written; trying again with one of the project's own …");
    });
  });
});
