/** What the system refuses is a sentence: the file, what was tried, what to do. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileError, tryFile } from 'iekd/dist/util/fileErrors';
import { appendLines, checkWritable, readText, writeAtomic } from 'iekd/dist/util/files';

const folder = mkdtempSync(join(tmpdir(), 'iekd-errors-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: readonly string[]): string => join(folder, ...names);
mkdirSync(at('folder'));
writeFileSync(at('file'), 'x');
symlinkSync(at('circle'), at('circle'));

const error = (code: string, syscall: string, path?: string): Error =>
  Object.assign(new Error(`${code}: as Node says it`), { code, syscall, ...(path === undefined ? {} : { path }) });

describe('fileError', () => {
  const rows: readonly (readonly [Error, string | undefined])[] = [
    [
      error('ENOENT', 'open', 'a'),
      'a: expected a file that can be read, received no such file or folder (ENOENT); look at the path again',
    ],
    [
      error('EACCES', 'open', 'a'),
      'a: expected a file that can be read, received no permission (EACCES); change its permissions, or choose another place',
    ],
    [
      error('ENOSPC', 'write'),
      'system call write: expected a place that can be written, received no space left on the disk (ENOSPC); make room, or choose a place on another disk',
    ],
    [
      error('EROFS', 'mkdir', '/proc/x'),
      '/proc/x: expected a place that can be written, received a file system that is read-only (EROFS); choose a place on another disk',
    ],
    [
      error('EMFILE', 'open', 'a'),
      'a: expected a file that can be read, received too many open files in this process (EMFILE); close some programs, or raise the limit (ulimit -n)',
    ],
    [
      error('ENOENT', 'spawn python3', 'python3'),
      'python3: expected a program that can be started, received no such file or folder (ENOENT); look at the path again',
    ],
    [error('ENOTDIR', 'scandir', 'a'), 'a: expected a folder that can be read, received a file (ENOTDIR); name a folder'],
    [
      error('ENOTDIR', 'open', 'a/b'),
      'a/b: expected a file that can be read, received a path through a file (ENOTDIR); a part of the path is a file, not a folder: choose another path',
    ],
    [
      error('EEXIST', 'mkdir', 'a'),
      'a: expected a place that can be written, received something else of that name (EEXIST); choose another path, or move it away',
    ],
    [error('ECONNREFUSED', 'connect'), undefined],
    [error('ERR_INVALID_ARG_TYPE', 'open'), undefined],
    [new Error('ENOENT'), undefined],
  ];
  for (const [given, message] of rows) {
    test(message ?? `no error of files: ${given.message}`, () => assert.equal(fileError(given)?.message, message));
  }
  test('keeps the code and the cause', () => {
    const cause = error('ENOSPC', 'write');
    const { name, code } = fileError(cause, { path: 'p', expected: 'a log' }) as NodeJS.ErrnoException;
    assert.deepEqual([name, code], ['InputError', 'ENOSPC']);
  });
  test('is what tryFile throws; other errors stay as they are', () => {
    const other = new Error('a bug');
    const throwing = (thrown: Error) => () =>
      tryFile('p', 'a log', () => {
        throw thrown;
      });
    assert.throws(throwing(other), other);
    assert.throws(throwing(error('EIO', 'read')), {
      message: 'p: expected a log, received an error of the disk (EIO); try again, or use a copy on another disk',
    });
  });
});

describe('writing', () => {
  const can = 'expected a place that can be written, received';
  const through = `${can} a path through a file (ENOTDIR); a part of the path is a file, not a folder: choose another path`;
  const rows: readonly (readonly [string, string])[] = [
    [at('file', 'x'), through],
    [at('circle', 'x'), `${can} symbolic links in a circle (ELOOP); remove the link, or name the file that it was meant for`],
    [at('x'.repeat(300)), `${can} a name that is too long (ENAMETOOLONG); choose a shorter one`],
    ['/proc/nowhere/x', `${can} no such file or folder (ENOENT); look at the path again`],
  ];
  for (const [path, message] of rows) {
    const expected = { name: 'InputError', message: path.length > 300 ? /ENAMETOOLONG/ : `${path}: ${message}` };
    test(message, () => {
      for (const write of [
        (): void => writeAtomic(path, 'x'),
        (): void => appendLines(path, ['x']),
        (): void => checkWritable(path),
      ]) {
        assert.throws(write, expected);
      }
    });
  }
  test('to a folder', () => {
    assert.throws(() => writeAtomic(at('folder'), 'x'), {
      message: `${at('folder')}: ${can} a folder (EISDIR); name a file`,
      code: 'EISDIR',
    });
    assert.throws(() => checkWritable(at('folder')), { message: `${at('folder')}: ${can} a folder; name a file` });
  });
  test('is found out without leaving anything but the folder', () => {
    checkWritable(at('new', 'x'));
    checkWritable(at('file'));
    assert.deepEqual([readdirSync(at('new')), readFileSync(at('file'), 'utf8')], [[], 'x']);
  });
  test('a full disk', { skip: process.platform !== 'linux' && '/dev/full is of Linux' }, () => {
    const message = `/dev/full: ${can} no space left on the disk (ENOSPC); make room, or choose a place on another disk`;
    assert.throws(() => appendLines('/dev/full', ['x']), { name: 'InputError', message });
  });
  test('reading through a file', () => assert.throws(() => readText(at('file', 'x')), { code: 'ENOTDIR' }));
});
