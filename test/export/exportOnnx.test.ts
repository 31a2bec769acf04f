/**
 * Files of ONNX by their structure, decoded again: operators, layouts of weights, names, notes. That ONNX Runtime computes the same is
 * seen by test/proofs/exports.mjs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { buildNetwork, exportOnnx, random, start } from 'iekd';
import type { OnnxOptions } from 'iekd/dist/export/onnx/exportOnnx';
import { modelType } from 'iekd/dist/export/onnx/onnxMessages';
import { plainLayer } from 'iekd/dist/models/layers/layer';
import { linear } from 'iekd/dist/models/layers/linearLayers';
import { networkOf } from 'iekd/dist/models/network';
import type { Network } from 'iekd/dist/models/types';
import { toTorch } from 'iekd/dist/weights/torchState';
import { settle, smallDetector, smallResidual } from '../fixtures/lrpNetworks';

before(() => start({ engine: 'portable' }));

interface Node {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
}

interface Value {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly shape: { readonly dim: readonly { readonly dimValue?: number; readonly dimParam?: string }[] };
    };
  };
}

interface Model {
  readonly irVersion: number;
  readonly opsetImport: readonly { readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: {
    readonly node: readonly Node[];
    readonly initializer: readonly { readonly name: string; readonly dims: readonly number[]; readonly rawData: Uint8Array }[];
    readonly input: readonly Value[];
    readonly output: readonly Value[];
  };
}

const folder = mkdtempSync(join(tmpdir(), 'iekd-onnx-'));

function exported(network: Network, options: OnnxOptions = {}): Model {
  const path = join(folder, 'network.onnx');
  const [file] = exportOnnx(network, path, options);
  const bytes = readFileSync(path);
  assert.equal(file?.bytes, bytes.length);
  const type = modelType();
  return type.toObject(type.decode(bytes), { longs: Number }) as Model;
}

const operators = ({ graph }: Model): string => graph.node.map(({ opType }) => opType).join(' ');

const shapes = (values: readonly Value[]): unknown =>
  Object.fromEntries(
    values.map(({ name, type }) => [name, type.tensorType.shape.dim.map(({ dimParam, dimValue }) => dimParam ?? dimValue)]),
  );

const RESIDUAL =
  'Relu MaxPool Conv Relu Conv Add Relu Conv Relu Conv Conv Add Relu GlobalAveragePool Flatten Gemm Flatten Identity';

describe('a residual network', () => {
  test('operators, with batch norms and folded', () => {
    const network = settle(smallResidual(), true);
    assert.equal(operators(exported(network)).replaceAll('Conv BatchNormalization', 'Conv'), `Conv ${RESIDUAL}`);
    assert.equal(operators(exported(network, { foldBatchNorm: true })), `Conv ${RESIDUAL}`);
    network.dispose();
  });

  test('weights are those of a PyTorch state dict, by name, layout and value', () => {
    const network = settle(smallResidual(), true);
    const { graph } = exported(network);
    const found = Object.fromEntries(
      graph.initializer.map(({ name, dims, rawData }) => [
        name,
        { shape: dims, data: new Float32Array(Uint8Array.from(rawData).buffer) },
      ]),
    );
    assert.deepEqual(found, toTorch(network.variables.snapshot()));
    network.dispose();
  });

  test('each node reads what is there before it', () => {
    const network = smallResidual();
    const { graph } = exported(network, { features: ['stage1'] });
    const known = new Set(['images', ...graph.initializer.map(({ name }) => name)]);
    for (const { input, output, opType } of graph.node) {
      for (const name of input) assert.ok(known.has(name), `${opType} reads ${name}`);
      for (const name of output) {
        assert.ok(!known.has(name), `${name} is made once`);
        known.add(name);
      }
    }
    for (const { name } of graph.output) assert.ok(known.has(name));
    network.dispose();
  });

  test('inputs, outputs, versions and notes', () => {
    const network = smallResidual();
    const model = exported(network, {
      features: ['stage2'],
      classNames: ['a', 'b', 'c'],
      normalisation: { mean: [0.4, 0.5], std: [0.2, 0.3] },
    });
    assert.deepEqual([model.irVersion, model.opsetImport[0]?.version], [8, 17]);
    assert.deepEqual(shapes(model.graph.input), { images: ['batch', 2, 6, 6] });
    assert.deepEqual(shapes(model.graph.output), { logits: ['batch', 3], stage2: ['batch', 3, 3, 3] });
    assert.deepEqual(Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])), {
      network: '{"classes":3,"input":[6,6,2],"name":"smallResidual"}',
      normalisation: '{"mean":[0.4,0.5],"std":[0.2,0.3]}',
      classes: '["a","b","c"]',
      input: 'normalised',
    });
    network.dispose();
  });

  test('normalises inside where it is asked to', () => {
    const network = smallResidual();
    const model = exported(network, { normalise: 'inside', normalisation: { mean: [0.4, 0.5], std: [0.2, 0.3] } });
    assert.match(operators(model), /^Sub Div Conv /);
    assert.throws(() => exported(network, { normalise: 'inside' }), {
      message:
        'exportOnnx: normalise: expected the option normalisation, mean and std, received none, and smallResidual has none of its own',
    });
    network.dispose();
  });
});

/** A network, and the operators that make the difference. */
const FAMILIES: readonly (readonly [Parameters<typeof buildNetwork>[0], RegExp])[] = [
  [{ name: 'resnet8', shortcut: 'A' }, /Slice Pad Add Relu/],
  [
    { name: 'resnet8', projector: { channels: 6, pool: 2 } },
    /Add Relu AveragePool Conv Relu Conv Relu Conv Relu GlobalAveragePool Flatten Gemm Flatten Identity$/,
  ],
  [{ name: 'wrn-16-1' }, /^Conv BatchNormalization Relu Conv Relu Conv Add BatchNormalization/],
  [{ name: 'mobilenetv2', width: 0.25 }, /^Conv Clip Conv Clip Conv (Add )?Conv Clip Conv Clip Conv Add/],
  [{ name: 'shufflenetv2', width: 0.5 }, /Gather Gather Conv Relu Conv Conv Relu Concat Reshape Transpose Reshape/],
  [
    { name: 'vgg8', hidden: 8, dropout: 0.5 },
    /GlobalAveragePool Flatten Gemm Relu Flatten Gemm Relu Flatten Gemm Flatten Identity$/,
  ],
];

describe('families', () => {
  for (const [spec, expected] of FAMILIES) {
    test(spec.projector ? `${spec.name} with a projector` : spec.name, () => {
      const network = buildNetwork(spec, random(0));
      assert.match(operators(exported(network, { foldBatchNorm: true })), expected);
      network.dispose();
    });
  }

  test('a detector says class scores and offsets of its priors', () => {
    const network = smallDetector();
    const model = exported(network);
    assert.match(
      operators(model),
      /ReduceSumSquare Add Sqrt Div Mul Conv Transpose Reshape Conv Transpose Reshape Concat Slice Identity Slice Identity$/,
    );
    assert.deepEqual(shapes(model.graph.output), { logits: ['batch', 24, 3], offsets: ['batch', 24, 4] });
    network.dispose();
  });
});

test('refuses', () => {
  const opaque = networkOf(
    { spec: { name: 'opaque', classes: 2, input: [1, 1, 2] }, stages: [plainLayer((x) => x)], head: linear('fc', 2) },
    random(0),
  );
  const network = smallResidual();
  const path = join(folder, 'refused.onnx');
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => exportOnnx(opaque, path), 'exportOnnx: opaque: expected layers that say what they do, received one that does not'],
    [
      () => exportOnnx(network, path, { features: ['stage9'] }),
      'exportOnnx: features: expected one of stage1, stage2, stage3, received "stage9"',
    ],
    [
      () => exportOnnx(network, path, { fold: true } as never),
      'exportOnnx: expected options among classNames, normalisation, foldBatchNorm, normalise, features, received "fold"',
    ],
    [
      () => exportOnnx(network, path, { classNames: ['a'] }),
      'exportOnnx: classNames: expected a name for each of 3 classes, received ["a"]',
    ],
    [() => exportOnnx(network, ''), 'exportOnnx: path: expected a text, received ""'],
  ];
  for (const [call, message] of rows) {
    assert.throws(call, { name: 'InputError', message });
  }
  opaque.dispose();
  network.dispose();
});
