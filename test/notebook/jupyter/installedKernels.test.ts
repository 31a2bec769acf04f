/** The kernel in a Jupyter of the user's own: what is written, what is not ours and stays, what is left when files are gone. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { Resvg } from '@resvg/resvg-js';
import { installedKernels, installKernel, uninstallKernel } from 'iekd/dist/notebook/jupyter/installedKernels';
import { kernelSpec } from 'iekd/dist/notebook/jupyter/kernelSpec';
import { ROOT } from '../cells';

const root = mkdtempSync(join(tmpdir(), 'iekd-kernels-'));
after(() => rmSync(root, { recursive: true }));
const OWN = join(ROOT, 'lib/kernel/jupyter/kernels/tslab');
const LAUNCHER = join(OWN, 'launch.cjs');
const LOGOS = ['logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg'];
let count = 0;
const freshData = (): string => join(root, `data ${++count}`);
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
const foreign = (data: string, name: string, text = '{"argv":["x"],"display_name":"X","language":"x"}'): string => {
  const folder = join(data, 'kernels', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'kernel.json'), text);
  writeFileSync(join(folder, 'own.js'), '');
  return folder;
};

describe('installing', () => {
  it('writes a description with full paths, our mark and logos, and nothing else', () => {
    const data = freshData();
    const folder = join(data, 'kernels', 'tslab');
    const installed = { name: 'tslab', displayName: 'TypeScript (iekd)', folder, project: ROOT, missing: [] };
    assert.deepEqual(installKernel(data), installed);
    const { argv, metadata, ...rest } = json(join(folder, 'kernel.json'));
    assert.deepEqual(argv, [process.execPath, LAUNCHER, '{connection_file}']);
    const { iekd, ...ownMetadata } = metadata as Record<string, unknown>;
    assert.deepEqual(iekd, { project: ROOT });
    assert.deepEqual(ownMetadata, json(join(OWN, 'kernel.json'))['metadata']);
    assert.deepEqual(rest, { display_name: 'TypeScript (iekd)', language: 'typescript', interrupt_mode: 'message' });
    assert.deepEqual(readdirSync(folder).sort(), ['kernel.json', ...LOGOS]);
    assert.deepEqual(kernelSpec('tslab', data).argv, [process.execPath, LAUNCHER, '{connection_file}']);
    assert.deepEqual(installKernel(data), installed); // again, over its own
  });

  it('by another name, shown as something else', () => {
    const data = freshData();
    installKernel(data, { name: 'iekd', displayName: 'Mine' });
    assert.equal(json(join(data, 'kernels/iekd/kernel.json'))['display_name'], 'Mine');
  });

  for (const name of ['Iekd', '.hidden', 'a/b', '../x', '', 'a b', 'x'.repeat(101)]) {
    it(`refuses the name ${name.slice(0, 20)}`, () =>
      assert.throws(
        () => installKernel(freshData(), { name }),
        /^InputError: --name: expected a name of small letters, digits, dots, hyphens and underscores, received "/,
      ));
  }

  it('leaves a kernel that is not ours, unless it is told to replace it', () => {
    for (const text of [undefined, 'no JSON', '{"argv":[],"metadata":{"iekd":{}}}']) {
      const data = freshData();
      const folder = foreign(data, 'tslab', text);
      const hint = 'give --name for another name, or --force to replace it';
      const message = `${folder}: expected a free name, or this project's kernel, received another kernel; ${hint}`;
      assert.throws(() => installKernel(data), { message });
      assert.ok(existsSync(join(folder, 'own.js')));
      installKernel(data, { force: true });
      assert.deepEqual(readdirSync(folder).sort(), ['kernel.json', ...LOGOS]);
    }
  });

  it('says so where a file has the place of its folder', () => {
    const data = freshData();
    const folder = join(data, 'kernels', 'tslab');
    mkdirSync(join(data, 'kernels'), { recursive: true });
    writeFileSync(folder, '');
    const message = `${folder}: expected a folder that can be read, received a file (ENOTDIR); name a folder`;
    assert.throws(() => installKernel(data), { message });
  });

  it('goes on where an earlier one was cut short', () => {
    const data = freshData();
    const folder = join(data, 'kernels', 'tslab');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'logo-svg.svg'), 'half');
    installKernel(data);
    assert.equal(readFileSync(join(folder, 'logo-svg.svg'), 'utf8'), readFileSync(join(OWN, 'logo-svg.svg'), 'utf8'));
  });
});

describe('the list', () => {
  it('has ours of every place, with what is gone', () => {
    const [a, b] = [freshData(), freshData()];
    installKernel(a);
    installKernel(b, { name: 'other' });
    foreign(b, 'python3');
    const path = join(b, 'kernels/other/kernel.json');
    const gone = { ...json(path), argv: ['/gone/node', LAUNCHER, '{connection_file}'] };
    writeFileSync(path, JSON.stringify(gone));
    const rows = installedKernels([a, join(root, 'nowhere'), b]);
    assert.deepEqual(
      rows.map(({ name, folder, missing }) => [name, folder, missing]),
      [
        ['tslab', join(a, 'kernels/tslab'), []],
        ['other', join(b, 'kernels/other'), ['/gone/node']],
      ],
    );
  });
});

describe('uninstalling', () => {
  it('removes a name wherever it is ours, and nothing else', () => {
    const [a, b, c] = [freshData(), freshData(), freshData()];
    installKernel(a);
    installKernel(b);
    installKernel(b, { name: 'other' });
    const theirs = foreign(c, 'tslab');
    const folders = [a, b, c];
    assert.deepEqual(
      uninstallKernel(folders).map(({ folder }) => folder),
      [join(a, 'kernels/tslab'), join(b, 'kernels/tslab')],
    );
    assert.ok(existsSync(theirs));
    assert.deepEqual(readdirSync(join(b, 'kernels')), ['other']);
    assert.throws(() => uninstallKernel(folders), {
      message: `uninstall: expected one of other, received "tslab"; ${theirs} is another project's and stays`,
    });
    assert.throws(() => uninstallKernel(folders, 'othr'), {
      message: 'uninstall: expected one of other, received "othr"; did you mean "other"?',
    });
    assert.throws(() => uninstallKernel([a], 'x'), {
      message: 'uninstall: expected an installed kernel of this project, and there is none, received "x"',
    });
  });
});

describe('the logos', () => {
  for (const size of [32, 64]) {
    it(`${size} pixels are those of the drawing`, () => {
      const svg = readFileSync(join(OWN, 'logo-svg.svg'), 'utf8');
      const drawn = new Resvg(svg, { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } }).render().asPng();
      assert.ok(drawn.equals(readFileSync(join(OWN, `logo-${size}x${size}.png`))));
    });
  }
});
