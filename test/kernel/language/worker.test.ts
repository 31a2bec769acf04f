/** The language as a thread: both ports answer, main is woken, a bug is an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { CompileResult, FileResult, LanguageReply, LanguageRequest } from 'iekd/dist/kernel/messages';

const WORKER = require.resolve('iekd/dist/kernel/language/worker');

describe('language thread', () => {
  it('serves the server and main', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'language-'));
    writeFileSync(join(folder, 'helper.ts'), 'export const a: number = 1;');
    const [server, main] = [new MessageChannel(), new MessageChannel()];
    const answered = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { folder, server: server.port2, main: main.port2, answered };
    const worker = new Worker(WORKER, { workerData, transferList: [server.port2, main.port2] });
    t.after(async () => {
      await worker.terminate();
      rmSync(folder, { recursive: true });
    });
    const ask = async (
      request: LanguageRequest | { readonly id: number; readonly method: string; readonly args: readonly unknown[] },
    ) => {
      server.port1.postMessage(request);
      return ((await once(server.port1, 'message')) as [LanguageReply])[0];
    };
    const compiled = await ask({ id: 1, method: 'compile', args: [{ number: 1, source: 'const a = 1; a' }] });
    assert.equal(compiled.id, 1);
    assert.ok((compiled.value as CompileResult).ok);
    assert.deepEqual((await ask({ id: 2, method: 'isComplete', args: ['f('] })).value, { status: 'incomplete', indent: '  ' });

    main.port1.postMessage({ id: 3, method: 'compileFile', args: [join(folder, 'helper.ts')] } satisfies LanguageRequest);
    assert.notEqual(Atomics.wait(answered, 0, 0, 60_000), 'timed-out');
    const { message } = receiveMessageOnPort(main.port1) as { message: LanguageReply };
    assert.equal(message.id, 3);
    assert.ok((message.value as FileResult).ok);

    const unknown = await ask({ id: 4, method: 'run', args: [] });
    assert.match(
      unknown.error ?? '',
      /^Error: language: expected a method of the language, received \{"id":4,"method":"run","args":\[\]\}\n/,
    );
    const wrong = await ask({ id: 5, method: 'compile', args: [{ number: 2 }] });
    assert.equal(wrong.id, 5);
    assert.match(wrong.error ?? '', /^TypeError: /);
    assert.ok(((await ask({ id: 6, method: 'compile', args: [{ number: 3, source: 'a + 1' }] })).value as CompileResult).ok);
  });
});
