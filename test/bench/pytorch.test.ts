/** How the peer is asked and read: a stand-in for Python shows the questions, PyTorch itself, where it is, gives answers. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  compareVersions,
  findPeer,
  knownPythons,
  layoutsOf,
  PEER_LAYOUTS,
  type Peer,
  peerPeakMemory,
  peerRates,
} from 'iekd/dist/bench/pytorch';

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

describe('the newest PyTorch', { skip: process.platform === 'win32' && 'no sh' }, () => {
  const python = (name: string, version: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  test('of all that import one', async () => {
    const [old, young, none] = [python('old', '1.13.0a0'), python('young', '2.15.0+cu132'), join(folder, 'gone')];
    assert.deepEqual(await findPeer(undefined, [old, none, young]), { python: young, version: 'PyTorch 2.15.0+cu132' });
  });
  test('or the one that is named', async () => {
    const old = python('named', '1.13.0');
    assert.deepEqual(await findPeer(old), { python: old, version: 'PyTorch 1.13.0' });
    assert.deepEqual(await findPeer('/no/such/python'), { unavailable: '/no/such/python does not import torch' });
  });
  test('versions by their numbers', () => {
    const sorted = ['1.13.0a0', '2.9.1', '2.15.0+cu132'];
    assert.deepEqual([...sorted].reverse().sort(compareVersions), sorted);
    assert.equal(compareVersions('PyTorch 2.1', 'PyTorch 2.1.0'), 0);
  });
  test('is looked for in the environment at hand, all of PATH, and Debian’s place', () => {
    const [venv, path] = [join(folder, 'venv'), join(folder, 'path')];
    for (const place of [join(venv, 'bin'), path]) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'python3'), '');
    }
    const found = knownPythons({ VIRTUAL_ENV: venv, CONDA_PREFIX: '/no/such', PATH: ['relative', path, path].join(delimiter) });
    assert.deepEqual(found.slice(0, 2), [join(venv, 'bin', 'python3'), join(path, 'python3')]);
    assert.ok(found.slice(2).every((one) => one === '/usr/bin/python3'));
  });
});

test('a peer without torch is told of, not thrown', async () => {
  assert.deepEqual(await findPeer(undefined, ['/no/such/python']), {
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
