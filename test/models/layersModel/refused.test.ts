/** Topologies that are refused, in a sentence and before anything is made of them; a file's may be hostile. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { start } from 'iekd/dist/engine/start';
import { tf } from 'iekd/dist/engine/tf';
import { planNetwork } from 'iekd/dist/models/index';
import { fromLayersModel } from 'iekd/dist/models/layersModel/fromLayersModel';
import type { NetworkSpec } from 'iekd/dist/models/types';
import { InputError } from 'iekd/dist/util/check';
import { random } from 'iekd/dist/util/rng';

before(async () => {
  await start({ engine: 'portable', threads: 1 });
});

type Json = Record<string, unknown>;

const layer = (className: string, config: Json): Json => ({ class_name: className, config });
const CONV = layer('Conv2D', { name: 'conv', filters: 4, kernel_size: [3, 3], batch_input_shape: [null, 8, 8, 3] });
const FLAT = layer('Flatten', { name: 'flat' });
const DENSE = layer('Dense', { name: 'dense', units: 3 });
const sequential = (...layers: readonly unknown[]): Json => ({ class_name: 'Sequential', config: { name: 'a', layers } });
const changed = (config: Json): Json => sequential({ ...CONV, config: { ...(CONV['config'] as Json), ...config } }, FLAT, DENSE);
const ended = (...layers: readonly unknown[]): Json => sequential(CONV, FLAT, ...layers);

/** Of the layers by name, each reading those that are listed. */
function functional(inputs: Readonly<Record<string, readonly string[]>>, output = 'dense'): Json {
  const known: Readonly<Record<string, Json>> = {
    input: layer('InputLayer', { batch_input_shape: [null, 8, 8, 3] }),
    conv: CONV,
    sum: layer('Add', {}),
    flat: FLAT,
    dense: DENSE,
  };
  const layers = Object.entries(inputs).map(([name, from]) => ({
    ...known[name],
    name,
    inbound_nodes: from.length > 0 ? [from.map((one) => [one, 0, 0, {}])] : [],
  }));
  return {
    class_name: 'Functional',
    config: { layers, input_layers: [['input', 0, 0]], output_layers: [[output, 0, 0]] },
  };
}

const rows: readonly (readonly [string, unknown, RegExp])[] = [
  [
    'what is no topology',
    3,
    /topology: expected the topology of a LayersModel, of class_name Sequential, Functional, Model, received 3$/,
  ],
  [
    'Lambda',
    ended(layer('Lambda', { name: 'l', function: 'x' }), DENSE),
    /2 l: expected a layer among Conv2D, .*, received "Lambda"/,
  ],
  ['a model within a model', ended(sequential(DENSE)), /layers: 2 a: expected a layer among .*, received "Sequential"/],
  ['a layer of sequences', ended(layer('LSTM', { name: 'l', units: 3 })), /received "LSTM"/],
  ['noise that tfjs draws', ended(layer('GaussianNoise', { name: 'n', stddev: 1 }), DENSE), /received "GaussianNoise"/],
  ['a class of Object', ended(layer('constructor', { name: 'n' })), /received "constructor"/],
  ['an optimiser for a layer', ended(layer('SGD', { name: 'n' })), /received "SGD"/],
  [
    'a regulariser',
    changed({ kernel_regularizer: { class_name: 'L1L2', config: { l2: 0.1 } } }),
    /conv: kernel_regularizer: expected none, received .*; build it without; the option weightDecay of a training decays weights$/,
  ],
  ['a constraint', changed({ bias_constraint: { class_name: 'NonNeg', config: {} } }), /conv: bias_constraint: expected none/],
  ['another key', changed({ spectral: 2 }), /conv: expected options among filters, .*, trainable, received "spectral"$/],
  ['channels first', changed({ data_format: 'channels_first' }), /conv: expected options among .*, received "data_format"$/],
  ['another type', changed({ dtype: 'float16' }), /received "dtype"$/],
  ['gaps', changed({ dilation_rate: 2 }), /dilation_rate: expected 1, since tfjs has no gradient of others, received 2$/],
  [
    'a huge layer',
    ended(layer('Dense', { name: 'd', units: 65_536 }), layer('Dense', { name: 'e', units: 65_536 })),
    /topology: e: kernel: expected a weight of 1 to 1,?000,?000,?000 values, received \[65536,65536\]$/,
  ],
  [
    'a huge map',
    sequential(CONV, layer('UpSampling2D', { name: 'u', size: [60_000, 60_000] }), FLAT, DENSE),
    /u: expected a map of 1 to/,
  ],
  ['too many channels', changed({ filters: 1e9 }), /filters: expected an integer in \[1, 65536\], received 1000000000$/],
  ['a filter larger than the map', changed({ kernel_size: 9 }), /conv: expected a map of 1 to .*, received \[0,0,4\]$/],
  ['a rate of 1', ended(layer('Dropout', { name: 'd', rate: 1 }), DENSE), /d: rate: expected a number in \[0, .*\], received 1$/],
  [
    'an unknown activation',
    changed({ activation: '__proto__' }),
    /activation: expected one of linear, relu, .*, received "__proto__"$/,
  ],
  ['a long text', changed({ padding: 'x'.repeat(5000) }), /padding: expected a number, a short text, or a short list of them/],
  [
    'a name that is a path',
    changed({ name: '../../x' }),
    /name: expected a name of letters, digits, "_", "-", "." and "\/", received "..\/..\/x"$/,
  ],
  [
    'sigmoid at the end',
    ended(layer('Dense', { name: 'd', units: 3, activation: 'sigmoid' })),
    /a last layer without activation, or with softmax, received "sigmoid"; logits are compared/,
  ],
  [
    'a map at the end',
    sequential(CONV),
    /expected an output \[batch, classes\], received \[null,6,6,4\]; a Flatten or GlobalAveragePooling2D/,
  ],
  [
    'no images',
    sequential(layer('Dense', { name: 'd', units: 3, batch_input_shape: [null, 4] })),
    /batch_input_shape: expected images, \[null, height, width, channels\], received \[null,4\]$/,
  ],
  [
    'two layers of one name',
    ended(layer('Dense', { name: 'conv', units: 3 })),
    /layers: expected a name of its own for every layer/,
  ],
  [
    'a circle',
    functional({ input: [], conv: ['input'], sum: ['conv', 'sum'], flat: ['sum'], dense: ['flat'] }),
    /expected layers in no circle, received "sum"$/,
  ],
  [
    'what is not there',
    functional({ input: [], conv: ['input'], flat: ['sum'], dense: ['flat'] }),
    /expected the layers that others read, received "no sum"$/,
  ],
  [
    'Keras 3’s way to write inputs',
    { ...functional({ input: [] }), config: { layers: [{ ...CONV, inbound_nodes: [{ args: [] }] }] } },
    /inbound_nodes: expected a layer of one input, or of a list of them, received {"args":\[\]}/,
  ],
  [
    'too many layers',
    sequential(...Array.from({ length: 2001 }, () => FLAT)),
    /layers: expected at most 2000 layers, received 2001$/,
  ],
];

describe('refuses', () => {
  for (const [what, topology, message] of rows) {
    test(what, () => {
      const began = performance.now();
      assert.throws(
        () => planNetwork({ name: 'mine', topology } as NetworkSpec),
        (error: unknown) => {
          assert.ok(error instanceof InputError, String(error));
          assert.match(error.message, message);
          return true;
        },
      );
      assert.ok(performance.now() - began < 1000);
    });
  }

  const specs: readonly (readonly [string, object, RegExp])[] = [
    ['other classes', { classes: 5 }, /mine: classes: expected 3, as the topology's last layer has, received 5$/],
    ['other channels', { input: [8, 8, 1] }, /mine: input: expected images of 3 channels, received \[8,8,1\]$/],
    ['another key', { stages: [] }, /mine: expected options among .*topology, features, received "stages"$/],
    ['a feature that is no map', { features: { last: 'flat' } }, /features: last: expected one of conv, received "flat"$/],
    [
      'the name of another network',
      { name: 'resnet20' },
      /resnet20: expected options among name, classes, input, shortcut, received "topology"$/,
    ],
  ];
  for (const [what, entries, message] of specs) {
    test(what, () => {
      const spec = { name: 'mine', topology: ended(DENSE), ...entries } as NetworkSpec;
      assert.throws(() => planNetwork(spec), { name: 'InputError', message });
    });
  }

  test('what is no model', () => {
    const message = 'fromLayersModel: expected a tf.LayersModel, received 3; tf.sequential() or tf.model(…) makes one';
    assert.throws(() => fromLayersModel(3 as unknown as tf.LayersModel), { name: 'InputError', message });
  });

  test('a model with two outputs', () => {
    const input = tf.input({ shape: [8, 8, 3] });
    const row = tf.layers.flatten().apply(input);
    const outputs = [1, 2].map(() => tf.layers.dense({ units: 3 }).apply(row) as tf.SymbolicTensor);
    assert.throws(() => fromLayersModel(tf.model({ inputs: input, outputs })), {
      message: /output_layers: expected one input and one output/,
    });
  });
});

test('600 changes of one topology are each taken or refused in a sentence', () => {
  const values = [null, -1, 0, 1e15, 'x', 'Lambda', '__proto__', [], {}, [[]], true, 'a'.repeat(5000), [1e9, 1e9], [-1, -1], 1.5];
  const base = JSON.stringify({
    name: 'mine',
    topology: functional({ input: [], conv: ['input'], sum: ['conv', 'conv'], flat: ['sum'], dense: ['flat'] }),
  });
  const paths = (value: unknown, path: readonly string[] = []): string[][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => [[...path, key], ...paths(one, [...path, key])])
      : [];
  const all = paths(JSON.parse(base));
  const stream = random(1).stream('changes');
  for (let i = 0; i < 600; i++) {
    const spec = JSON.parse(base) as Json;
    const path = all[stream.below(all.length)] as string[];
    const holder = path.slice(0, -1).reduce((now: Json, key) => now[key] as Json, spec);
    holder[path.at(-1) as string] = values[stream.below(values.length)];
    try {
      planNetwork(spec as unknown as NetworkSpec);
    } catch (error) {
      assert.ok(error instanceof InputError, `${path.join('.')}: ${String(error)}`);
    }
  }
});
