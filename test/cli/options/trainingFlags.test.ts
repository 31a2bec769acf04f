/** Settings of training as they are typed, over those of a file. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Command } from 'commander';
import { type TrainingFlags, trainingFlags, trainingFrom } from 'iekd/dist/cli/options/trainingFlags';
import type { TrainingSettings } from 'iekd/dist/optim/trainingOptions';

function typed(text: string): TrainingFlags {
  const command = trainingFlags(new Command()).parse(text === '' ? [] : text.split(' '), { from: 'user' });
  return command.opts<TrainingFlags>();
}

const drops = { kind: 'multiStep', base: 0.1, at: [5, 8], factor: 0.1 };
const adamw = { name: 'adamw', weightDecay: 0.1 };

describe('trainingFlags', () => {
  const rows: readonly (readonly [string, TrainingSettings, object])[] = [
    ['', { epochs: 10 }, { epochs: 10, learningRate: drops }],
    ['--optimizer sgd --weight-decay 0', { epochs: 10 }, { epochs: 10, learningRate: drops, weightDecay: 0 }],
    ['--epochs 1', { epochs: 10 }, { epochs: 1, learningRate: 0.1 }],
    [
      '--optimizer adamw --weight-decay 0.05 --clip 1 --ema 0.999 --accumulate 2 --warm-up 5 --schedule cosine --early-stop 10',
      { epochs: 10 },
      {
        epochs: 10,
        learningRate: { kind: 'cosine', base: 1e-3, warmUp: { epochs: 5 } },
        optimizer: { name: 'adamw', weightDecay: 0.05 },
        ...{ clip: 1, ema: 0.999, accumulate: 2, stopEarly: { patience: 10 } },
      },
    ],
    [
      '--schedule constant --warm-up 0.5 --decay weights',
      { epochs: 10 },
      { epochs: 10, learningRate: { ...drops, at: [], warmUp: { epochs: 0.5 } }, decay: 'weights' },
    ],
    ['--schedule constant --lr 1', { epochs: 10 }, { epochs: 10, learningRate: 1 }],
    [
      '--optimizer-set nesterov=false',
      { epochs: 10 },
      { epochs: 10, learningRate: drops, optimizer: { name: 'sgd', nesterov: false } },
    ],
    ['--clip 2', { epochs: 10, learningRate: 0.3, momentum: 0.5 }, { epochs: 10, learningRate: 0.3, momentum: 0.5, clip: 2 }],
    [
      '--optimizer adam',
      { epochs: 10, learningRate: 0.3, momentum: 0.5, weightDecay: 1 },
      { epochs: 10, learningRate: { ...drops, base: 1e-3 }, optimizer: { name: 'adam' } },
    ],
    [
      '--weight-decay 0.2',
      { epochs: 10, learningRate: 0.3, optimizer: adamw },
      { epochs: 10, learningRate: 0.3, optimizer: { name: 'adamw', weightDecay: 0.2 } },
    ],
    [
      '--early-stop 3',
      { epochs: 10, learningRate: 0.3, stopEarly: { patience: 9, metric: 'loss' } },
      { epochs: 10, learningRate: 0.3, stopEarly: { patience: 3, metric: 'loss' } },
    ],
  ];
  for (const [text, base, expected] of rows) {
    test(text || 'nothing', async () => assert.deepEqual(await trainingFrom(typed(text), base, 0.1), expected));
  }

  test('drops of another schedule are refused', () =>
    assert.rejects(trainingFrom(typed('--schedule cosine --lr-drops 3'), { epochs: 10 }, 0.1), {
      name: 'InputError',
      message: 'train: --lr-drops: expected the schedule steps, received cosine',
    }));
});
