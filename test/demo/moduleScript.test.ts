/** Compiled modules as one script: each once, packages by expressions, nothing else let through; the page's own need no Node. */
import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { moduleScript } from 'iekd/dist/demo/moduleScript';
import { PAGE_PACKAGES } from 'iekd/dist/demo/writeDemo';
import { put, temporaryFolder } from '../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('modules');
after(remove);

const ENTRY = put(
  join(root, 'room/page/entry.js'),
  `"use strict";
exports.sum = require("../part").value + require("./twice.js").value + require("four").value;
exports.loads = require("../part").loads;
//# sourceMappingURL=entry.js.map
`,
);
put(
  join(root, 'room/part/index.js'),
  'exports.loads = (globalThis.partLoads = (globalThis.partLoads ?? 0) + 1); exports.value = 1;',
);
put(join(root, 'room/page/twice.js'), 'exports.value = 2 * require("../part").value;');

describe('moduleScript', () => {
  test('runs as a module, each of its modules once', async () => {
    const text = moduleScript(ENTRY, { four: '({ value: 4 })' });
    const { library } = (await import(pathToFileURL(put(join(root, 'script.mjs'), text)).href)) as { library: object };
    assert.deepEqual({ ...library }, { sum: 7, loads: 1 });
    assert.ok(!text.includes('sourceMappingURL') && !text.includes(root));
  });

  for (const [name, packages, message] of [
    [
      'a package without an expression',
      {},
      'room/page/entry.js: expected modules that run in a page, with packages among none, received four',
    ],
    [
      'a name that every object has',
      { five: '5' },
      'room/page/entry.js: expected modules that run in a page, with packages among five, received four',
    ],
  ] as const) {
    test(`refuses ${name}`, () => assert.throws(() => moduleScript(ENTRY, packages), { message }));
  }

  test('refuses a module that is missing', () => {
    const entry = put(join(root, 'room/page/lost.js'), 'require("./nowhere");');
    assert.throws(() => moduleScript(entry, {}), { code: 'MODULE_NOT_FOUND' });
  });

  test('the page’s own: no module of Node, no text that is evaluated', () => {
    const entry = resolve(__dirname, '../../lib/dist/demo/page/pageLibrary.js');
    const text = moduleScript(entry, PAGE_PACKAGES);
    assert.match(text, /"analysis\/lrp\/rules\.js"\(exports, require, module\)/);
    assert.ok(!/\beval\(|new Function\(/.test(text));
  });
});
