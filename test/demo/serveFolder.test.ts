/** What the server answers: files below its folder with their types, nothing outside, on 127.0.0.1 alone. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FolderServer, serveFolder } from 'iekd/dist/demo/serveFolder';
import { put, temporaryFolder } from '../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('serve');
const FILES = {
  'index.html': 'text/html; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'demo.json': 'application/json; charset=utf-8',
  'a.wasm': 'application/wasm',
  'samples/1.PNG': 'image/png',
  'samples/a b.jpg': 'image/jpeg',
  'samples/1.jpeg': 'image/jpeg',
  'samples/1.webp': 'image/webp',
  'shard.bin': 'application/octet-stream',
};

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly text: string;
}

let server: FolderServer;
before(async () => {
  for (const name of Object.keys(FILES)) put(join(root, 'site', name), name);
  put(join(root, 'secret.txt'), 'secret');
  put(join(root, 'site2/secret.txt'), 'secret');
  symlinkSync(join(root, 'secret.txt'), join(root, 'site/link.txt'));
  server = await serveFolder(join(root, 'site'), 0);
});
after(async () => {
  await server.close();
  remove();
});

/** The path as it is: `fetch` would tidy it up. */
const asked = (path: string, method = 'GET'): Promise<Answer> =>
  new Promise((done, failed) => {
    const { hostname, port } = new URL(server.url);
    const call = request({ hostname, port, path, method, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.on('end', () => done({ status: response.statusCode, type: response.headers['content-type'], text }));
    });
    call.on('error', failed).end();
  });

const PLAIN = 'text/plain; charset=utf-8';

describe('files', () => {
  for (const [name, type] of Object.entries(FILES)) {
    test(name, async () => assert.deepEqual(await asked(`/${encodeURI(name)}`), { status: 200, type, text: name }));
  }
  test('the folder itself, and with a query', async () => {
    for (const path of ['/', '/?backend=cpu', '/index.html?x#y']) assert.equal((await asked(path)).text, 'index.html');
  });
  test('HEAD', async () => {
    assert.deepEqual(await asked('/page.js', 'HEAD'), { status: 200, type: FILES['page.js'], text: '' });
  });
});

describe('refuses', () => {
  for (const path of [
    ...['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/samples/../../secret.txt', '/%2e%2e/site2/secret.txt'],
    ...['/link.txt', '/samples', '/nothing.js', '/%00', '/%ff', '//secret.txt', '/..\\secret.txt', '/index.html/'],
  ]) {
    test(path, async () => assert.deepEqual(await asked(path), { status: 404, type: PLAIN, text: 'no such file\n' }));
  }
  for (const method of ['POST', 'PUT', 'DELETE']) {
    test(method, async () => {
      assert.deepEqual(await asked('/index.html', method), { status: 405, type: PLAIN, text: 'expected GET or HEAD\n' });
    });
  }
});

test('listens on 127.0.0.1, and says where', () => assert.match(server.url, /^http:\/\/127\.0\.0\.1:[1-9]\d*\/$/));

test('a port that is taken', async () => {
  const { port } = new URL(server.url);
  await assert.rejects(serveFolder(root, Number(port)), {
    message: `serve: port ${port}: expected a port that is free, received one that is in use; name another, --serve 8001`,
  });
});
