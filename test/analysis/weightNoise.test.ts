/** Noise on weights: closed forms of a linear network, the same numbers again, weights back to the bit, bad input. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import {
  buildNetwork,
  evaluate,
  imageSet,
  type Network,
  random,
  start,
  tf,
  type WeightNoise,
  type WeightNoiseOptions,
  weightNoise,
} from 'iekd';
import { fourBytes, linearNetwork, normalisation } from './linearNetwork';

before(async () => {
  await start();
});

const images = fourBytes(
  [
    [1, 0, 2, 3],
    [0, 1, 1, 1],
    [2, 2, 0, 1],
  ],
  [0, 1, 1],
);
const WEIGHT = [0.5, -0.5, 1, 0, -1, 1, 0.25, 0.25];
type Options = Omit<WeightNoiseOptions, 'network' | 'images' | 'normalisation'>;

/** Of the linear network, which must be what it was. */
async function noise(options: Options, network = linearNetwork(2, WEIGHT), set = images): Promise<WeightNoise> {
  const [held, tensors] = [bits(network), tf.memory().numTensors];
  try {
    return await weightNoise({ network, images: set, normalisation, ...options });
  } finally {
    assert.deepEqual(bits(network), held, 'weights');
    assert.equal(tf.memory().numTensors, tensors, 'tensors');
    network.dispose();
  }
}

/** Of all variables, so that −0 and NaN count. */
const bits = ({ variables }: Network): Record<string, number[]> =>
  Object.fromEntries(Object.entries(variables.snapshot()).map(([name, { data }]) => [name, [...new Uint32Array(data.buffer)]]));

const close = (found: number | undefined, expected: number, tolerance: number): void => {
  assert.ok(Math.abs((found ?? Number.NaN) - expected) <= tolerance, `${found} for ${expected}`);
};

describe('weightNoise', () => {
  test('a deviation of 0 changes nothing, whatever the draws', async () => {
    for (const scale of ['absolute', 'rms'] as const) {
      const { unperturbed, points } = await noise({ sigmas: [0], draws: 3, scale });
      const { loss, accuracy } = unperturbed;
      assert.deepEqual(points, [{ sigma: 0, loss: { n: 3, mean: loss, sd: 0 }, accuracy: { n: 3, mean: accuracy, sd: 0 } }]);
    }
  });

  test('without noise it is the loss and accuracy of `evaluate`', async () => {
    const network = buildNetwork({ name: 'resnet8', input: [8, 8, 1], classes: 3 }, random(1));
    const bytes = Uint8Array.from({ length: 7 * 64 }, (_, i) => (i * i * 13) % 256);
    const set = imageSet('test', bytes, Uint8Array.of(0, 1, 2, 0, 1, 2, 0), { height: 8, width: 8, channels: 1 });
    const scaled = { mean: [0.4], std: [0.3] };
    const data = { ...scaled, name: 'seven', classNames: ['a', 'b', 'c'], train: set, validation: set, test: set };
    const rest = { augmentation: { pad: 0, flip: false }, source: '', split: '', fingerprint: '' };
    const { loss, metrics } = await evaluate(network, { ...data, ...rest }, 'test');
    const held = bits(network);
    const found = await weightNoise({ network, images: set, normalisation: scaled, sigmas: [0.2], draws: 2, batch: 3 });
    close(found.unperturbed.loss, loss, 1e-6);
    assert.equal(found.unperturbed.accuracy, metrics.top1);
    assert.notEqual(found.points[0]?.loss.mean, found.unperturbed.loss);
    assert.deepEqual(bits(network), held);
    network.dispose();
  });

  test('small noise: the mean rises by half of σ² times the trace of the Hessian', async () => {
    // Logits of 0, the image x = (1, 1, 1, 1) of class 0 of 2: the margin is N(0, 2 σ² (‖x‖² + 1)), the bias counting as a 1, and
    // log(1 + e^−m) has the mean ln 2 + Var(m) / 8 up to σ⁴. Its sd is √Var(m) / 2.
    const sigma = 0.05;
    const variance = 2 * sigma ** 2 * 5;
    const draws = 4000;
    const set = fourBytes([[1, 1, 1, 1]], [0]);
    const { unperturbed, points } = await noise({ sigmas: [sigma], draws }, linearNetwork(2, new Array<number>(8).fill(0)), set);
    close(unperturbed.loss, Math.LN2, 1e-7);
    const { mean, sd = 0 } = points[0]?.loss ?? { mean: 0 };
    close(mean, Math.LN2 + variance / 8, (5 * Math.sqrt(variance)) / 2 / Math.sqrt(draws));
    close(sd, Math.sqrt(variance) / 2, 0.05 * Math.sqrt(variance));
    close(points[0]?.accuracy.mean, 0.5, 5 * Math.sqrt(0.25 / draws));
  });

  test('a draw is w + σ z, z from the stream `noise/<draw>/<variable>`; with `rms`, times that of the variable', async () => {
    for (const scale of ['absolute', 'rms'] as const) {
      const network = linearNetwork(2, WEIGHT, [0, 0]);
      const rms = scale === 'rms' ? Math.sqrt(WEIGHT.reduce((sum, w) => sum + w * w, 0) / 8) : 1;
      const moved = (name: string, values: readonly number[], by: number): number[] => {
        const stream = random(9).stream(`noise/1/${name}`);
        return values.map((w) => w + 0.3 * by * stream.normal());
      };
      const bias = moved('fc.bias', [0, 0], scale === 'rms' ? 0 : 1);
      const expected = await noise({ sigmas: [0] }, linearNetwork(2, moved('fc.weight', WEIGHT, rms), bias));
      const { points } = await noise({ sigmas: [0.3], draws: 2, seed: 9, scale }, network);
      const first = await noise({ sigmas: [0.3], draws: 1, seed: 9, scale });
      // The mean of two draws and the first of them give the second.
      const second = 2 * (points[0]?.loss.mean ?? 0) - (first.points[0]?.loss.mean ?? 0);
      close(second, expected.unperturbed.loss, 1e-6);
    }
  });

  test('the same seed, the same numbers; another seed, others; σ are in the order given, and do not touch each other', async () => {
    const [a, b, c] = [
      await noise({ sigmas: [0.1, 0.5], draws: 3, seed: 4 }),
      await noise({ sigmas: [0.5, 0.1], draws: 3, seed: 4, batch: 2 }),
      await noise({ sigmas: [0.1, 0.5], draws: 3, seed: 5 }),
    ];
    const found = b.points.map(({ sigma }) => sigma);
    assert.deepEqual(found, [0.5, 0.1]);
    for (const [i, { loss, accuracy }] of a.points.entries()) {
      const other = b.points[1 - i];
      close(other?.loss.mean, loss.mean, 1e-6);
      assert.deepEqual(other?.accuracy, accuracy);
      assert.notEqual(c.points[i]?.loss.mean, loss.mean);
    }
  });

  test('as JSON stores it, and the rest of it', async () => {
    const steps: number[][] = [];
    const found = await noise({ sigmas: [0, 0.2], draws: 2, seed: 3, norms: false, onDraw: (...step) => steps.push(step) });
    assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
    const { points, unperturbed, ...rest } = found;
    assert.deepEqual(rest, { network: 'linear', images: 3, draws: 2, seed: 3, scale: 'absolute', norms: false });
    assert.deepEqual([points.length, Object.keys(unperturbed)], [2, ['loss', 'accuracy']]);
    assert.deepEqual(
      steps,
      [1, 2, 3, 4].map((done) => [done, 4]),
    );
  });
});

describe('what is moved', () => {
  /** Names of the variables that differ while a draw is evaluated. */
  async function movedNames(options: Partial<Options>): Promise<{ readonly moved: string[]; readonly all: string[] }> {
    const network = buildNetwork({ name: 'resnet8', input: [8, 8, 1], classes: 3 }, random(1));
    const held = network.variables.snapshot();
    let during = held;
    const watched: Network = {
      ...network,
      forward: (x, more) => {
        during = network.variables.snapshot();
        return network.forward(x, more);
      },
    };
    const set = imageSet('test', new Uint8Array(64), Uint8Array.of(1), { height: 8, width: 8, channels: 1 });
    await weightNoise({
      network: watched,
      images: set,
      normalisation: { mean: [0], std: [1] },
      sigmas: [0.1],
      draws: 1,
      ...options,
    });
    const all = Object.keys(held);
    const moved = all.filter((name) => held[name]?.data.some((w, i) => w !== during[name]?.data[i]));
    network.dispose();
    return { moved, all };
  }
  const tracked = (name: string): boolean => name.includes('running_');
  const ofNorm = (name: string): boolean => /(^|\.)(bn\d?|short\.1)\./.test(name);

  test('every parameter, no statistic', async () => {
    const { moved, all } = await movedNames({});
    assert.deepEqual(
      moved,
      all.filter((name) => !tracked(name)),
    );
  });
  test('without norms: filters and the linear layer', async () => {
    const { moved, all } = await movedNames({ norms: false });
    assert.deepEqual(
      moved,
      all.filter((name) => !ofNorm(name)),
    );
    assert.ok(moved.includes('fc.bias') && moved.length < all.length / 2);
  });
  test('relative to the variable: not what is all 0, as the shifts of norms at the start', async () => {
    const { moved, all } = await movedNames({ scale: 'rms' });
    const zero = (name: string): boolean => name.endsWith('.bias') && name !== 'fc.bias';
    assert.deepEqual(
      moved,
      all.filter((name) => !tracked(name) && !zero(name)),
    );
  });
});

describe('weights come back, to the bit, and the error passes', () => {
  test('where a network throws', async () => {
    const network = linearNetwork(2, [...WEIGHT.slice(0, 7), -0]);
    let passes = 0;
    const failing: Network = {
      ...network,
      forward: (x, more) => {
        passes++;
        if (passes === 3) throw new Error('in the third pass');
        return network.forward(x, more);
      },
    };
    await assert.rejects(noise({ sigmas: [0.1], draws: 4 }, failing), { message: 'in the third pass' });
    assert.equal(passes, 3);
  });
  test('where logits are not finite, naming σ and draw', async () => {
    const message =
      /^weightNoise: sigma 1e\+38, draw 0, image 0: expected finite logits, received (-?Infinity|NaN) for class \d$/;
    await assert.rejects(noise({ sigmas: [0, 1e38], draws: 2 }), { name: 'InputError', message });
  });
  test('where a listener throws', async () => {
    const onDraw = (done: number): void => {
      if (done === 2) throw new Error('enough');
    };
    await assert.rejects(noise({ sigmas: [0.1], draws: 4, onDraw }), { message: 'enough' });
  });
  test('between draws, when others have their turn', async () => {
    const network = linearNetwork(2, WEIGHT);
    const held = bits(network);
    let turns = 0;
    const watch = setInterval(() => {
      turns++;
      assert.deepEqual(bits(network), held);
    }, 0);
    await weightNoise({ network, images, normalisation, sigmas: [0.5], draws: 50 });
    clearInterval(watch);
    assert.ok(turns > 0);
    network.dispose();
  });
});

describe('refuses', () => {
  const rows: readonly (readonly [string, Options, string])[] = [
    ['no deviations', { sigmas: [] }, 'weightNoise: sigmas: expected at least one deviation, received []'],
    ['a negative one', { sigmas: [0.1, -1] }, 'weightNoise: sigmas: expected a number from 0, received -1'],
    ['NaN', { sigmas: [Number.NaN] }, 'weightNoise: sigmas: expected a number from 0, received NaN'],
    ['no draws', { sigmas: [1], draws: 0 }, `weightNoise: draws: expected an integer from 1, received 0`],
    ['a seed below 0', { sigmas: [1], seed: -1 }, `weightNoise: seed: expected an integer from 0, received -1`],
    [
      'another scale',
      { sigmas: [1], scale: 'relative' as 'rms' },
      'weightNoise: scale: expected one of absolute, rms, received "relative"',
    ],
    [
      'an unknown option',
      { sigmas: [1], sigma: 2 } as Options,
      'weightNoise: did you mean "sigmas"? expected options among network, images, normalisation, sigmas, draws, seed, scale, norms, batch, onDraw, received "sigma"',
    ],
  ];
  for (const [name, options, message] of rows) {
    test(name, () => assert.rejects(noise(options), { name: 'InputError', message }));
  }
  test('no images', () =>
    assert.rejects(noise({ sigmas: [1] }, undefined, fourBytes([], [])), {
      message: `weightNoise: images: expected an integer from 1, received 0`,
    }));
});
