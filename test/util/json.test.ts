/** What is no JSON, or more than JSON should be, is refused with its place; each text is asserted. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseJson, parseJsonLine, readJson } from 'iekd/dist/util/json';

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const refusal = (message: string) => ({ name: 'InputError', message });

describe('parseJson', () => {
  const values: readonly (readonly [string, string, unknown])[] = [
    ['after a byte order mark', '\uFEFF{"a":[1,-2.5e-3,true,null]}', { a: [1, -0.0025, true, null] }],
    ['of every kind', ' {"a":{"b":[]},"":"x\\n\\u00e9\\"" , "c":{}}\r\n', { a: { b: [] }, '': 'x\né"', c: {} }],
    ['with keys that every object has', '{"toString":1,"constructor":{"a":2}}', { toString: 1, constructor: { a: 2 } }],
    ['that are no object', '"x"', 'x'],
  ];
  for (const [name, text, value] of values) test(`gives values ${name}`, () => assert.deepEqual(parseJson(text, 'f'), value));
  test('gives 64 levels', () => assert.deepEqual(parseJson(deep(64), 'f'), JSON.parse(deep(64))));

  const rows: readonly (readonly [string, string, string])[] = [
    ['nothing', '', 'line 1, column 1: expected JSON, here a value, received the end of the text'],
    ['half a list', '[1,\n', 'line 2, column 1: expected JSON, here a value, received the end of the text'],
    ['a comma too many', '{"a":1,\n  }', 'line 2, column 3: expected JSON, here a key in double quotes, received "}"'],
    ['single quotes', "{'a':1}", 'line 1, column 2: expected JSON, here a key in double quotes, received "\'"'],
    ['no colon', '{"a" 1}', 'line 1, column 6: expected JSON, here a colon after the key, received "1"'],
    ['no comma in a list', '[1 2]', 'line 1, column 4: expected JSON, here a comma or ], received "2"'],
    ['no comma in an object', '{"a":1\n"b":2}', 'line 2, column 1: expected JSON, here a comma or }, received "\\""'],
    ['a second value', '{}\n{}', 'line 2, column 1: expected JSON, here the end of the text, received "{"'],
    ['NaN', '{"lr":NaN}', 'line 1, column 7: expected JSON, here a value, received "NaN"'],
    ['a comment', '// x\n{}', 'line 1, column 1: expected JSON, here a value, received "/"'],
    ['a page', '<html>', 'line 1, column 1: expected JSON, here a value, received "<"'],
    [
      'a string without end',
      '["abc',
      'line 1, column 6: expected JSON, here " at the end of the string, received the end of the text',
    ],
    [
      'a line break in a string',
      '["a\nb"]',
      'line 1, column 4: expected JSON, here " at the end of the string, received a line break or another control character',
    ],
    ['an unknown escape', '"\\x"', 'line 1, column 2: expected JSON, here an escape such as \\n or \\u00e9, received "\\\\x"'],
    ['65 levels', deep(65), 'line 1, column 65: expected at most 64 levels of lists and objects, received one more'],
    ['5,000 levels', deep(5000), 'line 1, column 65: expected at most 64 levels of lists and objects, received one more'],
    [
      'a key twice',
      '{"seed":1,\n "\\u0073eed":2}',
      'line 2, column 2: expected every key once, received "seed" again; it is at line 1, column 2 already',
    ],
    ['the key of the prototype', '{"__proto__":{"a":1}}', 'line 1, column 2: expected another key, received "__proto__"'],
  ];
  for (const [name, text, message] of rows) {
    test(`refuses ${name}`, () => assert.throws(() => parseJson(text, 'f'), refusal(`f: ${message}`)));
  }
  test('gives the line of a file for one of its lines', () => {
    const message = 'f: line 7, column 6: expected JSON, here a value, received "}"';
    assert.throws(() => parseJsonLine('{"a":}', 'f', 7), refusal(message));
  });
  test('strings of 20 MB take no stack', () => assert.equal((parseJson(`"${'x'.repeat(2e7)}"`, 'f') as string).length, 2e7));
});

describe('readJson', () => {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-json-'));
  after(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  mkdirSync(at('folder'));
  writeFileSync(at('file'), '{}');
  writeFileSync(at('utf16'), Buffer.from('\uFEFF{}', 'utf16le'));
  writeFileSync(at('latin1'), Buffer.from('{"a":"é"}', 'latin1'));
  writeFileSync(at('large'), '');
  truncateSync(at('large'), 65 * 2 ** 20);
  symlinkSync(at('circle'), at('circle'));
  const can = 'expected a file that can be read';
  const rows: readonly (readonly [string, string])[] = [
    ['none', `${can}, received no such file or folder (ENOENT); look at the path again`],
    ['folder', `${can}, received a folder; name a file`],
    [
      'file/x',
      `${can}, received a path through a file (ENOTDIR); a part of the path is a file, not a folder: choose another path`,
    ],
    ['circle', `${can}, received symbolic links in a circle (ELOOP); remove the link, or name the file that it was meant for`],
    ['utf16', `${can}, text in UTF-8, received text in UTF-16; save it as UTF-8`],
    ['latin1', `${can}, text in UTF-8, received bytes that are no UTF-8; save it as UTF-8`],
    ['large', `${can}, of at most 64 MiB, received 65 MiB; name another file`],
  ];
  for (const [name, message] of rows) {
    test(`refuses ${name}`, () => assert.throws(() => readJson(at(name)), refusal(`${at(name)}: ${message}`)));
  }
  test('refuses a name that no file can have', () => {
    const message = `a\\u0000b: ${can}, received a name that no file can have; choose another path`;
    assert.throws(() => readJson('a\0b'), refusal(message));
  });
  test('refuses a device', () => {
    assert.throws(() => readJson('/dev/zero'), refusal(`/dev/zero: ${can}, received a device; name a file`));
  });
});
