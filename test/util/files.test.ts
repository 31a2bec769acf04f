/** Files appear whole or not at all; names stay inside their folder. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { appendLines, inside, removeLeftovers, writeAtomic } from 'iekd/dist/util/files';

const folder = mkdtempSync(join(tmpdir(), 'iekd-files-'));
after(() => rmSync(folder, { recursive: true }));

describe('writeAtomic', () => {
  test('writes text and bytes, makes folders, replaces, and leaves nothing else behind', () => {
    const path = join(folder, 'a', 'b', 'x.txt');
    writeAtomic(path, 'größer');
    assert.equal(readFileSync(path, 'utf8'), 'größer');
    writeAtomic(path, Uint8Array.of(1, 2, 3));
    assert.deepEqual([...readFileSync(path)], [1, 2, 3]);
    writeAtomic(path, '');
    assert.equal(readFileSync(path).length, 0);
    assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ['x.txt']);
  });

  test('a failed write keeps what is there and removes its temporary file', () => {
    const path = join(folder, 'taken');
    mkdirSync(path);
    writeFileSync(join(path, 'kept'), 'x');
    assert.throws(() => writeAtomic(path, 'y'), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(path), ['kept']);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('.')),
      [],
    );
  });
});

describe('appendLines', () => {
  const path = join(folder, 'log', 'lines.txt');
  const steps: readonly (readonly [string, readonly string[], string])[] = [
    ['makes folder and file', ['a', 'b'], 'a\nb\n'],
    ['adds at the end', ['größer'], 'a\nb\ngrößer\n'],
    ['does nothing without lines', [], 'a\nb\ngrößer\n'],
  ];
  for (const [name, lines, expected] of steps) {
    test(name, () => {
      appendLines(path, lines);
      assert.equal(readFileSync(path, 'utf8'), expected);
    });
  }
  test('a line that was cut short stays one of its own', () => {
    writeFileSync(path, 'whole\ncut');
    appendLines(path, ['new']);
    assert.equal(readFileSync(path, 'utf8'), 'whole\ncut\nnew\n');
  });
});

describe('removeLeftovers', () => {
  test('removes the temporary files of one name, nothing else', () => {
    const place = join(folder, 'left');
    const [keep, drop] = [['x.bin', '.x.bin.old', '.y.bin.0123456789ab', '.x.bin.0123456789abc'], ['.x.bin.0123456789ab']];
    mkdirSync(place);
    for (const name of [...keep, ...drop]) writeFileSync(join(place, name), '');
    removeLeftovers(join(place, 'x.bin'));
    assert.deepEqual(readdirSync(place).sort(), [...keep].sort());
    removeLeftovers(join(folder, 'nowhere', 'x.bin'));
  });
});

describe('inside', () => {
  const root = resolve(folder);
  test('joins names that stay inside', () => {
    assert.equal(inside(folder, 'a/b'), join(root, 'a', 'b'));
    assert.equal(inside(folder, 'a/../b'), join(root, 'b'));
    assert.equal(inside(folder, '.'), root);
  });
  for (const name of ['..', '../x', 'a/../../x', '/etc/passwd', `../${root.split('/').pop()}x`]) {
    test(`refuses ${name.replace(/iekd-files-\w+/, 'a sibling')}`, () => {
      const message = `inside: expected a path inside ${root}, received ${JSON.stringify(name)}`;
      assert.throws(() => inside(folder, name), { name: 'InputError', message });
    });
  }
});
