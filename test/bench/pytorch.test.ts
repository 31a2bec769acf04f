/** How the peer is asked and read: a stand-in for Python shows the questions, PyTorch itself, where it is, gives answers. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findPeer, layoutsOf, PEER_LAYOUTS, type Peer, peerPeakMemory, peerRates } from 'iekd/dist/bench/pytorch';

const folder = mkdtempSync(join(tmpdir(), 'iekd-peer-'));
after(() => rmSync(folder, { recursive: true }));

const ASKED = { depth: 8, batch: 2, steps: 1, threads: 1 };
const ARGUMENTS = '--depth 8 --batch 2 --steps 1 --threads 1';

/** A program that writes down its arguments and one variable, and answers with these lines. */
function standIn(name: string, ...lines: readonly object[]): Peer & { asked(): string } {
  const [python, log] = [join(folder, name), join(folder, `${name}.log`)];
  const answers = lines.map((line) => `echo '${JSON.stringify(line)}'`).join('\n');
  writeFileSync(python, `#!/bin/sh\nshift\necho "$@; spin $GOMP_SPINCOUNT" > ${log}\n${answers}\n`);
  chmodSync(python, 0o755);
  return { python, version: name, asked: () => readFileSync(log, 'utf8').trim() };
}

describe('a stand-in', { skip: process.platform === 'win32' && 'no sh' }, () => {
  test('rates of all layouts, with threads waiting as the peer has it by itself', async () => {
    process.env['GOMP_SPINCOUNT'] = '5000';
    after(() => delete process.env['GOMP_SPINCOUNT']);
    const rows = PEER_LAYOUTS.map((layout, i) => ({ layout, images_per_s: i + 0.5 }));
    const peer = standIn('rates', ...rows);
    const expected = { default: 0.5, channels_last: 1.5, 'channels_last+bf16': 2.5 };
    assert.deepEqual(await peerRates(peer, 'inference', ASKED), expected);
    const layouts = '--layouts default,channels_last,channels_last+bf16';
    assert.equal(peer.asked(), `bench --works inference-resnet20 ${layouts} ${ARGUMENTS}; spin`);
  });

  test('a detector is not asked for bfloat16 beside float32', async () => {
    const layouts = layoutsOf('ssd', 'float32');
    assert.deepEqual(layouts, ['default', 'channels_last']);
    assert.deepEqual(layoutsOf('ssd', 'bfloat16'), PEER_LAYOUTS);
    assert.deepEqual(layoutsOf('supervised', 'float32'), PEER_LAYOUTS);
    const peer = standIn('detector', { layout: 'default', images_per_s: 2 }, { layout: 'channels_last', images_per_s: 3 });
    assert.deepEqual(await peerRates(peer, 'ssd', ASKED, layouts), { default: 2, channels_last: 3 });
    assert.equal(peer.asked(), `bench --works ssd --layouts default,channels_last ${ARGUMENTS}; spin`);
  });

  test('memory of one layout', async () => {
    const peer = standIn('memory', { layout: 'channels_last', peak_memory_mb: 321 });
    assert.equal(await peerPeakMemory(peer, 'ie-ft', 'channels_last', ASKED), 321);
    assert.equal(peer.asked(), `memory --works ie-ft --layouts channels_last ${ARGUMENTS}; spin`);
  });

  test('an answer without the figure is refused', async () => {
    const row = { layout: 'default', images_per_s: 'fast' };
    const message = `bench: peer: expected images_per_s of the layout default, received ${JSON.stringify([row])}`;
    await assert.rejects(peerRates(standIn('wrong', row), 'supervised', ASKED), { name: 'InputError', message });
  });
});

test('a peer without torch is told of, not thrown', async () => {
  assert.deepEqual(await findPeer(['/no/such/python']), {
    unavailable: 'no python3 imports torch (Debian and Ubuntu: apt-get install python3-torch)',
  });
});

describe('PyTorch', () => {
  let peer: Peer | undefined;
  before(async () => {
    const found = await findPeer();
    peer = 'python' in found ? found : undefined;
  });
  for (const work of ['supervised', 'ie-ft', 'inference', 'ssd'] as const) {
    test(`${work}: a rate for each layout`, async (t) => {
      if (!peer) return t.skip('no python3 imports torch');
      const rates = await peerRates(peer, work, ASKED);
      assert.deepEqual(Object.keys(rates), [...PEER_LAYOUTS]);
      for (const rate of Object.values(rates)) assert.ok(rate > 0);
    });
  }
  test('memory grows with the batch', async (t) => {
    if (!peer) return t.skip('no python3 imports torch');
    const small = await peerPeakMemory(peer, 'supervised', 'channels_last', ASKED);
    const large = await peerPeakMemory(peer, 'supervised', 'channels_last', { ...ASKED, batch: 256 });
    assert.ok(small > 50 && large > small + 50, `${small}, ${large} MiB`);
  });
});
