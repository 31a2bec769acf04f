/** Messages on the wire: what is signed is read, what is not is refused before anything of it is parsed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decode, encode, signature } from 'iekd/dist/kernel/server/wire/protocol';

const KEY = 'a key';
const buffers = (frames: readonly (string | Uint8Array)[]): Buffer[] => frames.map((frame) => Buffer.from(frame));
const REQUEST = { id: 'm1', type: 'execute_request', session: 's1', content: { code: '1 + 1', nested: { deep: ['ü'] } } };

/** A reply to `m1` as a kernel would send it, with routing frames in front. */
function reply(key: string, header = '{"msg_id":"m2","msg_type":"execute_reply"}'): string[] {
  const parts = [header, '{"msg_id":"m1"}', '{}', '{"status":"ok"}'];
  return ['route', 'more', '<IDS|MSG>', signature(key, parts), ...parts];
}

describe('protocol', () => {
  it('signs as HMAC-SHA256 does (RFC 4231, case 2)', () => {
    const digest = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    assert.equal(signature('Jefe', ['what do ya want ', 'for nothing?']), digest);
  });

  it('reads what it wrote', () => {
    const { id, type, parentId, content } = decode(KEY, buffers(encode(KEY, REQUEST)));
    assert.deepEqual(
      { id, type, parentId, content },
      { id: 'm1', type: 'execute_request', parentId: '', content: REQUEST.content },
    );
  });

  it('writes half characters as U+FFFD, and whole ones as they are', () => {
    const written = encode(KEY, { ...REQUEST, content: { '\ud800': 'a\udc00\\ud800 😀 \\\ud83d' } }).at(-1);
    assert.equal(written, '{"\ufffd":"a\ufffd\\\\ud800 😀 \\\\\ufffd"}'.replaceAll('\ufffd', '\\ufffd'));
  });

  it('reads a reply behind routing frames', () => {
    const { header, identities, ...message } = decode(KEY, buffers(reply(KEY)));
    const rest = { session: '', metadata: {}, buffers: [] };
    assert.deepEqual(message, { id: 'm2', type: 'execute_reply', parentId: 'm1', content: { status: 'ok' }, ...rest });
    assert.deepEqual(identities.map(String), ['route', 'more']);
    assert.equal(String(header), '{"msg_id":"m2","msg_type":"execute_reply"}');
  });

  const unsigned = 'protocol: expected a message signed with the key of this session, received another signature';
  const short = (n: number): string =>
    `protocol: expected a delimiter, a signature and four parts, received ${n} frames without them`;
  const frames = reply(KEY);
  const changed = (at: number, to: string): string[] => frames.map((frame, i) => (i === at ? to : frame));
  const refused: readonly (readonly [string, readonly string[], string])[] = [
    ['another key', reply('another key'), unsigned],
    ['a changed header', changed(4, '{"msg_id":"m3","msg_type":"execute_reply"}'), unsigned],
    ['a changed content', changed(7, '{"status":"no"}'), unsigned],
    ['no signature', changed(3, ''), unsigned],
    ['half a signature', changed(3, (frames[3] as string).slice(0, 32)), unsigned],
    ['what is not JSON, unsigned: not even parsed', changed(4, '{'), unsigned],
    ['no delimiter', frames.slice(3), short(5)],
    ['too few parts', frames.slice(0, 7), short(7)],
    ['nothing', [], short(0)],
    ['parts that are not objects', reply(KEY, '[1]'), 'protocol: expected parts that are JSON objects, received [1]'],
  ];
  for (const [name, message, error] of refused) {
    it(`refuses ${name}`, () => assert.throws(() => decode(KEY, buffers(message)), { message: error }));
  }
});
