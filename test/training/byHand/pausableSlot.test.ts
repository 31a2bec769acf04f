/** A run that is paused and stopped by its listeners. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import { pausableSlot } from 'iekd/dist/training/byHand/pausableSlot';
import type { RunControls, TrainingEvent } from 'iekd/dist/training/events';
import { stopSignal } from 'iekd/dist/util/stopSignal';
import { tinyRun } from '../../fixtures/trainingRuns';

const root = mkdtempSync(join(tmpdir(), 'iekd-pause-'));
before(() => tf.setBackend('cpu'));
after(() => rmSync(root, { recursive: true }));

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Starts a run whose listener is given its controls with each event. */
function start(name: string, act: (event: TrainingEvent, controls: RunControls) => void) {
  const events: TrainingEvent[] = [];
  let controls: RunControls | undefined;
  const stop = stopSignal();
  const listener = (event: TrainingEvent): void => {
    events.push(event);
    if (event.kind === 'start') controls = event.controls;
    if (controls) act(event, controls);
  };
  return { events, stop, run: tinyRun(join(root, name), { stop, listeners: [listener] }) };
}

const stepOf = (events: readonly TrainingEvent[]): number => events.filter(({ kind }) => kind === 'step').length;

describe('a run in the hands of a listener', () => {
  test('waits after its step, goes on, and ends with the bits of one that was not paused', async () => {
    const plain = await tinyRun(join(root, 'plain'));
    let paused: RunControls | undefined;
    const { events, run } = start('paused', (event, controls) => {
      if (event.kind !== 'step' || event.step !== 4) return;
      controls.pause();
      paused = controls;
    });
    while (!paused) await turn();
    for (let i = 0; i < 50; i++) await turn();
    assert.deepEqual([stepOf(events), paused.paused], [4, true]);
    paused.goOn();
    const { outcome, complete } = await run;
    assert.deepEqual([complete, paused.paused], [true, false]);
    assert.deepEqual(outcome, plain.outcome);
  });

  test('stops while it waits, with a checkpoint', async () => {
    let paused: RunControls | undefined;
    const { events, run } = start('stopped', (event, controls) => {
      if (event.kind !== 'step' || event.step !== 5) return;
      controls.pause();
      paused = controls;
    });
    while (!paused) await turn();
    await turn();
    paused.stop('by its button');
    const { complete, result } = await run;
    const path = join(root, 'stopped', 'checkpoint.safetensors');
    assert.deepEqual([complete, result.stopped, existsSync(path)], [false, 'by its button', true]);
    assert.deepEqual(events.at(-1), { kind: 'stopped', stage: 'code', reason: 'by its button', step: 5, path });
    const resumed = await tinyRun(join(root, 'stopped'), { resume: true });
    assert.deepEqual(resumed.outcome, (await tinyRun(join(root, 'whole'))).outcome);
  });

  test('obeys no longer when it is over', async () => {
    let kept: RunControls | undefined;
    const { run, stop } = start('over', (_, controls) => {
      kept = controls;
    });
    await run;
    await kept?.ended;
    kept?.stop('late');
    kept?.pause();
    assert.deepEqual([stop.stopped, kept?.paused], [false, false]);
  });
});

describe('a slot that pauses', () => {
  test('its clock stands still meanwhile', async () => {
    let time = 0;
    const slot = pausableSlot({ next: () => Promise.resolve(), now: () => time }, stopSignal());
    await slot.next(1);
    time = 5;
    slot.controls.pause();
    await slot.next(1);
    assert.equal(slot.waits, true);
    const goesOn = slot.goesOn();
    await turn();
    time = 105;
    slot.controls.goOn();
    await goesOn;
    assert.equal(slot.waits, false);
    time = 107;
    assert.equal(slot.now(), 7);
  });
});
