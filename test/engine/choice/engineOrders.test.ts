/** Orders are measured once for a machine, kept in a file, and measured anew where anything that decides them differs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { EngineMeasure } from 'iekd/dist/engine/choice/engineMeasure';
import { engineOrders } from 'iekd/dist/engine/choice/engineOrders';
import { machineFacts } from 'iekd/dist/engine/choice/machineFacts';
import type { EngineName } from 'iekd/dist/engine/types';

const root = mkdtempSync(join(tmpdir(), 'iekd-orders-'));
after(() => rmSync(root, { recursive: true }));

const NAMES: readonly EngineName[] = ['webgpu', 'onednn'];
const OPTIONS = { threads: 2, precision: 'float32' } as const;
const MEASURES: readonly EngineMeasure[] = [
  { name: 'onednn', imagesPerSecond: 1940 },
  { name: 'webgpu', reason: 'its measured step ended the process with SIGSEGV' },
];
const FACTS = { processor: ['EPYC', 2], graphics: ['driver 580'], node: '20.20.2', library: '0.1.0' };

const ordersIn = (folder: string, facts: object = FACTS, measures = MEASURES) =>
  engineOrders({ facts: () => ({ ...facts }), measure: async () => measures, folder: () => join(root, folder) });

test('what was measured is kept, in one whole file, and found again', async () => {
  const orders = ordersIn('kept');
  assert.equal(orders.kept(NAMES, OPTIONS), undefined);
  const measured = await orders.measured(NAMES, OPTIONS);
  assert.deepEqual(measured?.measures, MEASURES);
  assert.deepEqual(ordersIn('kept').kept(NAMES, OPTIONS), measured);
  assert.deepEqual(readdirSync(join(root, 'kept')).length, 1);
});

describe('measured anew', () => {
  const others: readonly (readonly [string, object, readonly EngineName[], object])[] = [
    ['another processor', { ...FACTS, processor: ['Xeon', 2] }, NAMES, OPTIONS],
    ['another driver', { ...FACTS, graphics: ['driver 590'] }, NAMES, OPTIONS],
    ['another Node', { ...FACTS, node: '24.0.0' }, NAMES, OPTIONS],
    ['another version of the library', { ...FACTS, library: '0.2.0' }, NAMES, OPTIONS],
    ['another number of threads', FACTS, NAMES, { ...OPTIONS, threads: 1 }],
    ['other engines', FACTS, ['onednn', 'portable'], OPTIONS],
  ];
  for (const [what, facts, names, options] of others) {
    test(what, async () => {
      await ordersIn('other').measured(NAMES, OPTIONS);
      assert.equal(ordersIn('other', facts).kept(names, options as typeof OPTIONS), undefined);
    });
  }

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['cut short', (text) => text.slice(0, -40)],
    ['no rate', (text) => text.replace('1940', '"fast"')],
    ['a rate of nothing', (text) => text.replace('1940', '-1')],
    ['another engine', (text) => text.replaceAll('"name": "onednn"', '"name": "abacus"')],
    ['of another machine under this name', (text) => text.replace('EPYC', 'Xeon')],
    ['a list', () => '[]'],
  ];
  for (const [what, damage] of damages) {
    test(`a file that is ${what}`, async () => {
      const orders = ordersIn('damaged');
      await orders.measured(NAMES, OPTIONS);
      const [name = ''] = readdirSync(join(root, 'damaged'));
      const file = join(root, 'damaged', name);
      writeFileSync(file, damage(readFileSync(file, 'utf8')));
      assert.equal(orders.kept(NAMES, OPTIONS), undefined);
      await orders.measured(NAMES, OPTIONS);
      assert.deepEqual(orders.kept(NAMES, OPTIONS)?.measures, MEASURES);
    });
  }
});

test('nothing is kept where no engine could be measured', async () => {
  const orders = ordersIn('failed', FACTS, MEASURES.slice(1));
  assert.equal(await orders.measured(NAMES, OPTIONS), undefined);
  assert.equal(orders.kept(NAMES, OPTIONS), undefined);
});

test('a folder that cannot be written costs the file, not the order', async () => {
  writeFileSync(join(root, 'file'), '');
  const orders = ordersIn(join('file', 'below'));
  assert.deepEqual((await orders.measured(NAMES, OPTIONS))?.measures, MEASURES);
  assert.equal(orders.kept(NAMES, OPTIONS), undefined);
});

test('facts of this machine: the same twice, and JSON', () => {
  const facts = machineFacts();
  assert.deepEqual(JSON.parse(JSON.stringify(facts)), machineFacts());
  assert.deepEqual(Object.keys(facts), ['library', 'node', 'system', 'processor', 'graphics', 'variables', 'packages', 'addon']);
  assert.equal(facts['node'], process.versions.node);
});
