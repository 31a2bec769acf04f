/** Downloads from a server on 127.0.0.1: whole, resumed, redirected, broken, wrong, absent. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { DownloadOptions } from 'iekd/dist/data/files/download';
import { download } from 'iekd/dist/data/files/download';
import type { DataProgress } from 'iekd/dist/data/types';
import { sha256 } from 'iekd/dist/util/hash';
import { inFolder, noise } from '../../fixtures/dataFiles';

const CONTENT = Buffer.from(noise('content', 300_000));
const SIZE = CONTENT.length;
const DIGEST = sha256(CONTENT);

/** What a case sees of the world. */
interface World {
  readonly folder: string;
  readonly path: string;
  readonly part: string;
  readonly url: string;
  /** `Range` headers of the requests so far, '' where there was none. */
  readonly ranges: string[];
  fetch(options?: DownloadOptions): Promise<void>;
}

/** Runs `body` with a server that answers by `listener`. */
function withServer(listener: RequestListener, body: (world: World) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const ranges: string[] = [];
    const server = createServer((request, response) => {
      ranges.push(request.headers.range ?? '');
      listener(request, response);
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`;
    const path = join(folder, 'deep', 'file.bin');
    const file = { url, bytes: SIZE, sha256: DIGEST };
    try {
      await body({ folder, path, part: `${path}.part`, url, ranges, fetch: (options) => download(file, path, options) });
    } finally {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  });
}

/** A well-behaved server. */
const serve: RequestListener = (request, response) => {
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const headers = { 'content-length': SIZE - start, 'content-encoding': 'x-gzip' }; // as some servers label .tar.gz
  const range = { 'content-range': `bytes ${start}-${SIZE - 1}/${SIZE}` };
  response.writeHead(start > 0 ? 206 : 200, start > 0 ? { ...headers, ...range } : headers);
  response.end(CONTENT.subarray(start));
};

/** Puts bytes where a download would resume. */
function leavePart(world: World, bytes: Uint8Array): void {
  mkdirSync(dirname(world.part), { recursive: true });
  writeFileSync(world.part, bytes);
}

test('a whole file, with progress; nothing but the file stays', () =>
  withServer(serve, async (world) => {
    const seen: DataProgress[] = [];
    await world.fetch({ onProgress: (progress) => seen.push(progress) });
    assert.deepEqual(readFileSync(world.path), CONTENT);
    assert.deepEqual(readdirSync(join(world.folder, 'deep')), ['file.bin']);
    for (const stage of ['download', 'verify'] as const) {
      const steps = seen.filter((s) => s.stage === stage);
      assert.ok(steps.every((s, i) => s.total === SIZE && s.item === 'file.bin' && s.done > (steps[i - 1]?.done ?? 0)));
      assert.equal(steps.at(-1)?.done, SIZE);
    }
  }));

test('a partial file is resumed from where it ends', () =>
  withServer(serve, async (world) => {
    leavePart(world, CONTENT.subarray(0, 123_456));
    await world.fetch();
    assert.deepEqual(world.ranges, ['bytes=123456-']);
    assert.deepEqual(readFileSync(world.path), CONTENT);
  }));

test('a complete partial file is only checked', () =>
  withServer(serve, async (world) => {
    leavePart(world, CONTENT);
    await world.fetch();
    assert.deepEqual(world.ranges, []);
    assert.deepEqual(readFileSync(world.path), CONTENT);
  }));

test('a partial file that is too long is thrown away', () =>
  withServer(serve, async (world) => {
    leavePart(world, Buffer.concat([CONTENT, CONTENT]));
    await world.fetch();
    assert.deepEqual(world.ranges, ['']);
    assert.deepEqual(readFileSync(world.path), CONTENT);
  }));

test('a server without ranges sends the whole file again', () =>
  withServer(
    (_, response) => response.end(CONTENT),
    async (world) => {
      leavePart(world, noise('other', 1000));
      await world.fetch();
      assert.deepEqual(readFileSync(world.path), CONTENT);
    },
  ));

test('a connection that breaks is taken up again by itself', () =>
  withServer(
    (request, response) => {
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (start >= 200_000) return serve(request, response);
      const range = { 'content-length': SIZE - start, 'content-range': `bytes ${start}-${SIZE - 1}/${SIZE}` };
      response.writeHead(start > 0 ? 206 : 200, range);
      return void response.write(CONTENT.subarray(start, start + 100_000), () => setTimeout(() => response.destroy(), 20));
    },
    async (world) => {
      await world.fetch();
      assert.deepEqual(world.ranges, ['', 'bytes=100000-', 'bytes=200000-']);
      assert.deepEqual(readFileSync(world.path), CONTENT);
    },
  ));

test('redirects are followed, five at most', () =>
  withServer(
    (request, response) => {
      const hop = Number(new URL(request.url ?? '', 'http://x').searchParams.get('hop') ?? 0);
      if (hop === 3) return serve(request, response);
      response.writeHead(302, { location: `/file.bin?hop=${hop + 1}` }).end();
    },
    async (world) => {
      await world.fetch();
      assert.deepEqual(readFileSync(world.path), CONTENT);
    },
  ));

/** An answer without a length. */
function chunked(response: ServerResponse, bytes: Buffer): void {
  response.flushHeaders();
  response.end(bytes);
}

/** Servers that do not deliver, and the reason in the error. */
const BAD: [string, RequestListener, string][] = [
  ['server error', (_, r) => r.writeHead(503).end(), 'status 503 Service Unavailable'],
  ['absent', (_, r) => r.writeHead(404).end('no such page'), 'status 404 Not Found'],
  ['another length', (_, r) => r.writeHead(200, { 'content-length': 12 }).end('not the file'), 'a file of 12 bytes'],
  ['empty', (_, r) => chunked(r, Buffer.alloc(0)), 'the end of the connection after 0 bytes'],
  ['silence', () => undefined, 'no byte for 0.1 s'],
  [
    'endless redirects',
    (_, r) => r.writeHead(301, { location: '/file.bin' }).end(),
    'download: URL: expected at most 5 redirects, received 6',
  ],
  [
    'redirect to a file',
    (_, r) => r.writeHead(301, { location: 'file:///etc/hosts' }).end(),
    'download: URL: expected a redirect to http: or https:, received "file:///etc/hosts"',
  ],
];

/** Expects `fetch` to fail with this text, addresses as URL. */
async function fails(world: World, message: string, options: DownloadOptions = {}): Promise<void> {
  await assert.rejects(world.fetch(options), (error: Error) => {
    assert.equal(error.message.replaceAll(world.url, 'URL').replaceAll(world.path, 'PATH'), message);
    return true;
  });
}

for (const [name, listener, reason] of BAD) {
  test(`an error says what came instead and what to do: ${name}`, () =>
    withServer(listener, async (world) => {
      const next = 'check the network and run again, or put file.bin into FOLDER';
      const message = `download: expected ${SIZE} bytes from URL, received ${reason}; ${next}`;
      await fails(world, message, { idleMs: 100, instead: 'put file.bin into FOLDER' });
      assert.equal(existsSync(world.path), false);
    }));
}

test('offline: the error names the address and what to do', async () => {
  let closed: World | undefined;
  await withServer(serve, async (world) => {
    closed = world;
  });
  const world = closed as World;
  const { host } = new URL(world.url);
  const next = 'check the network and run again, or put file.bin into FOLDER';
  const message = `download: expected ${SIZE} bytes from URL, received connect ECONNREFUSED ${host}; ${next}`;
  await fails(world, message, { instead: 'put file.bin into FOLDER' });
  rmSync(world.folder, { recursive: true });
});

test('a file that ends early is kept and resumed by the next run', () => {
  let generous = false;
  return withServer(
    (request, response) => (generous ? serve(request, response) : stingy(request, response)),
    async (world) => {
      const reason = 'the end of the connection after 100000 bytes';
      const next = 'check the network and run again (100000 bytes are kept and resumed)';
      await fails(world, `download: expected ${SIZE} bytes from URL, received ${reason}; ${next}`);
      assert.deepEqual(readFileSync(world.part), CONTENT.subarray(0, 100_000));
      generous = true;
      await world.fetch();
      assert.deepEqual(world.ranges, ['', 'bytes=100000-', 'bytes=100000-']);
      assert.deepEqual(readFileSync(world.path), CONTENT);
    },
  );
});

/** Ends after 100,000 bytes, without having said how many will come. */
const stingy: RequestListener = (request, response) => {
  const resumed = request.headers.range !== undefined;
  if (resumed) response.writeHead(206, { 'content-range': `bytes 100000-${SIZE - 1}/${SIZE}` });
  chunked(response, resumed ? Buffer.alloc(0) : CONTENT.subarray(0, 100_000));
};

test('a server that falls silent in the middle is given up; what came is kept', () =>
  withServer(
    (request, response) => {
      if (request.headers.range) return; // no answer at all
      response.writeHead(200, { 'content-length': SIZE });
      response.write(CONTENT.subarray(0, 50_000));
    },
    async (world) => {
      const next = 'check the network and run again (50000 bytes are kept and resumed)';
      await fails(world, `download: expected ${SIZE} bytes from URL, received no byte for 0.2 s; ${next}`, { idleMs: 200 });
      assert.deepEqual(world.ranges, ['', 'bytes=50000-']);
    },
  ));

test('an answer to another range than asked for is refused', () =>
  withServer(
    (_, response) => response.writeHead(206, { 'content-range': `bytes 0-${SIZE - 1}/${SIZE}` }).end(CONTENT),
    async (world) => {
      leavePart(world, CONTENT.subarray(0, 10));
      const reason = `Content-Range bytes 0-${SIZE - 1}/${SIZE} to a request from byte 10`;
      const next = 'check the network and run again (10 bytes are kept and resumed)';
      await fails(world, `download: expected ${SIZE} bytes from URL, received ${reason}; ${next}`);
    },
  ));

test('a file that is longer than it should be is never taken whole', () =>
  withServer(
    (_, response) => chunked(response, Buffer.concat([Buffer.from(noise('other', SIZE - 1)), CONTENT])),
    async (world) => {
      await assert.rejects(world.fetch(), /received more bytes than that; check the network|SHA-256/);
      assert.equal(existsSync(world.path), false);
      assert.ok(!existsSync(world.part) || statSync(world.part).size <= SIZE);
    },
  ));

test('other bytes of the right size are refused and deleted', () => {
  const other = noise('other', SIZE);
  return withServer(
    (_, response) => chunked(response, Buffer.from(other)),
    async (world) => {
      const next = 'what came was deleted; run again to fetch it afresh';
      await fails(world, `download: URL: expected SHA-256 ${DIGEST}, received ${sha256(other)}; ${next}`);
      assert.deepEqual(readdirSync(dirname(world.path)), []);
    },
  );
});

test('a file that is there is checked, never fetched or overwritten', () =>
  withServer(serve, async (world) => {
    const hint = 'nothing was overwritten: move the file away and run again';
    const other = noise('other', SIZE);
    const cases: [Uint8Array, string | undefined][] = [
      [CONTENT, undefined],
      [CONTENT.subarray(1), `PATH: expected ${SIZE} bytes, received ${SIZE - 1} bytes; ${hint}`],
      [new Uint8Array(0), `PATH: expected ${SIZE} bytes, received 0 bytes; ${hint}`],
      [other, `PATH: expected SHA-256 ${DIGEST}, received ${sha256(other)}; ${hint}`],
    ];
    mkdirSync(dirname(world.path));
    for (const [bytes, message] of cases) {
      writeFileSync(world.path, bytes);
      if (message === undefined) await world.fetch();
      else await fails(world, message);
      assert.deepEqual(readFileSync(world.path), Buffer.from(bytes));
    }
    assert.deepEqual(world.ranges, []);
  }));

test('a signal stops a download, and the next run resumes it', () =>
  withServer(
    (request, response) => {
      if (request.headers.range) return serve(request, response);
      response.writeHead(200, { 'content-length': SIZE });
      return void response.write(CONTENT.subarray(0, 50_000)); // and never the rest
    },
    async (world) => {
      const stop = new AbortController();
      const seen = (progress: DataProgress) => progress.done >= 50_000 && stop.abort();
      await assert.rejects(world.fetch({ signal: stop.signal, onProgress: seen }), { name: 'AbortError' });
      assert.equal(statSync(world.part).size, 50_000);
      await world.fetch();
      assert.deepEqual(world.ranges, ['', 'bytes=50000-']);
      assert.deepEqual(readFileSync(world.path), CONTENT);
    },
  ));
