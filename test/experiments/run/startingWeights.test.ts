/** What a student begins with: the weights of a run, or those of its backbone as PyTorch has them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { parseRun } from 'iekd/dist/experiments/run/parsedRun';
import { readStartingWeights } from 'iekd/dist/experiments/run/startingWeights';
import { planHash, withoutFolders } from 'iekd/dist/experiments/runPlan';
import { buildNetwork } from 'iekd/dist/models/index';
import { random } from 'iekd/dist/util/rng';
import { saveWeights } from 'iekd/dist/weights/networkFile';
import { encodeSafetensors } from 'iekd/dist/weights/safetensors';
import { toTorch } from 'iekd/dist/weights/torchState';

before(() => start({ engine: 'portable' }));

const root = mkdtempSync(join(tmpdir(), 'iekd-starting-'));
after(() => rmSync(root, { recursive: true }));
const [torch, own] = [join(root, 'backbone.safetensors'), join(root, 'own.safetensors')];
const detector = { name: 'ssd-resnet8', classes: 3, input: [32, 32, 3] } as const;

test('a backbone of PyTorch: its stages are taken over, counts of batches passed over, the rest is drawn', () => {
  const classifier = buildNetwork({ name: 'resnet8' }, random(1));
  const { 'linear.weight': _, ...state } = toTorch(classifier.variables.snapshot());
  writeFileSync(torch, encodeSafetensors({ ...state, 'bn1.num_batches_tracked': { shape: [1], data: Int32Array.of(7) } }));
  const begin = readStartingWeights(torch);
  assert.deepEqual([begin.spec, begin.ofOthers], [{ name: 'resnet8', shortcut: 'B' }, true]); // taken where nobody names another
  assert.match(begin.sha256, /^[0-9a-f]{64}$/);
  const [begun, drawn] = [begin.network(detector, random(2)).network, buildNetwork(detector, random(2))];
  const [values, before, theirs] = [begun, drawn, classifier].map(({ variables }) => variables.snapshot());
  let taken = 0;
  for (const [name, { data }] of Object.entries(values ?? {})) {
    const same = theirs?.[name]?.data;
    if (same) taken++;
    assert.deepEqual(data, same ?? before?.[name]?.data, name);
  }
  assert.ok(taken > 20, `${taken} variables`);
  for (const network of [classifier, begun, drawn]) network.dispose();
});

test('a last layer of other classes is drawn', () => {
  const spec = { name: 'resnet8', classes: 4 } as const;
  const beginning = readStartingWeights(torch).network(spec, random(2));
  assert.deepEqual(beginning.drawn, ['fc.weight', 'fc.bias']);
  const [begun, drawn] = [beginning.network, buildNetwork(spec, random(2))];
  const [values, before] = [begun, drawn].map(({ variables }) => variables.snapshot());
  assert.deepEqual(values?.['fc.weight'], before?.['fc.weight']);
  assert.notDeepEqual(values?.['conv.weight'], before?.['conv.weight']);
  for (const network of [begun, drawn]) network.dispose();
});

test('the weights of a run, bit for bit, of that network alone', () => {
  const network = buildNetwork(detector, random(3));
  const sha256 = saveWeights(own, network);
  const begin = readStartingWeights(own);
  assert.deepEqual([begin.sha256, begin.spec?.name], [sha256, 'ssd-resnet8']);
  const { network: begun, drawn } = begin.network(detector, random(4));
  assert.deepEqual(drawn, []);
  assert.deepEqual(begun.variables.snapshot(), network.variables.snapshot());
  assert.throws(() => begin.network({ ...detector, classes: 4 }, random(4)), { name: 'InputError', message: /own\.safetensors/ });
  for (const one of [network, begun]) one.dispose();
});

test('a plan that begins with a file is named by what it holds, wherever it lies', () => {
  const network = buildNetwork(detector, random(5));
  const [here, there, other] = ['here', 'there', 'other'].map((name) => join(root, `${name}.safetensors`)) as [
    string,
    string,
    string,
  ];
  saveWeights(here, network);
  saveWeights(there, network);
  saveWeights(other, network, { note: 'of another' });
  network.dispose();
  const plan = {
    dataset: { name: 'cifar10' },
    student: { name: 'resnet8' },
    method: { name: 'supervised' },
    training: { epochs: 1 },
  };
  const [first, second, third] = [here, there, other].map((from) => planHash({ ...plan, from }));
  assert.deepEqual([second === first, third === first, first === planHash(plan)], [true, false, false]);
  const kept = withoutFolders({ ...plan, from: here });
  assert.equal(kept.from, readStartingWeights(here).sha256);
  assert.equal(planHash(kept), first); // a kept result names its own run
  assert.equal(parseRun({ ...plan, from: there }).hash, first);
});

describe('refused', () => {
  const strange = join(root, 'strange.safetensors');
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'a file that is not there',
      () => readStartingWeights(join(root, 'none')),
      /none: expected a file of weights, received no such file/,
    ],
    [
      'a state dict of other names',
      () => {
        writeFileSync(strange, encodeSafetensors({ x: { shape: [1], data: Float32Array.of(1) } }));
        return readStartingWeights(strange).network(detector, random(1));
      },
      /strange\.safetensors: expected variables of ssd-resnet8, as .*, received 1 others, as x$/,
    ],
  ];
  for (const [name, call, message] of cases) test(name, () => assert.throws(call, { name: 'InputError', message }));
});
