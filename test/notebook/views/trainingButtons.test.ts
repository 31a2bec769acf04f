/** Pause and stop below a run: there while it trains and somebody can click, and gone after. */
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { trainingButtons } from 'iekd/dist/notebook/views/trainingButtons';
import type { RunControls, TrainingEvent } from 'iekd/dist/training/events';
import { FakeFrontEnd, turn } from '../../kernel/controls/fakeFrontEnd';
import { shown } from '../shown';

afterEach(() => FakeFrontEnd.remove());

const VIEW = 'application/vnd.jupyter.widget-view+json';
const CLICK = { method: 'custom', content: { event: 'click' } };

/** A run that notes what it is asked for. */
function fakeRun() {
  const asked: string[] = [];
  let end = (): void => undefined;
  let paused = false;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const controls: RunControls = {
    get paused() {
      return paused;
    },
    pause() {
      asked.push('pause');
      paused = true;
    },
    goOn() {
      asked.push('go on');
      paused = false;
    },
    stop: (reason) => asked.push(`stop ${reason}`),
    ended,
  };
  const start = { kind: 'start', controls } as unknown as TrainingEvent;
  return { asked, start, end: () => end() };
}

const nameOf = (front: FakeFrontEnd, place: number): unknown =>
  (front.opened[place]?.data['state'] as { readonly description?: string } | undefined)?.description;

/** The front end answers that it is there. */
function answer(front: FakeFrontEnd): void {
  front.says(front.opened[1]?.id as string, { method: 'update', state: { width: '1px' } });
}

describe('buttons of a run', () => {
  test('pause, go on and stop it; they go when it ends', async () => {
    const front = new FakeFrontEnd().install();
    const { asked, start, end } = fakeRun();
    const messages = await shown(async () => {
      trainingButtons()(start);
      answer(front);
      await turn();
      const byName = new Map(front.opened.map(({ id }, i) => [nameOf(front, i), id]));
      const [pause, stop] = [byName.get('Pause'), byName.get('Stop')] as [string, string];
      for (const id of [pause, pause, stop, stop]) {
        front.says(id, CLICK);
        await turn();
      }
      assert.deepEqual(asked, ['pause', 'go on', 'stop by its button']);
      assert.deepEqual(
        front.to(pause).map((message) => message['state']),
        [{ description: 'Go on' }],
      );
      end();
      await turn();
      assert.ok([pause, stop].every((id) => front.closed.includes(id)));
    });
    assert.deepEqual(
      messages.map(({ data, update, final }) => [VIEW in data, data['text/plain'], update, final]),
      [
        [true, '[Pause]  [Stop]', false, false],
        [false, '', true, true],
      ],
    );
  });

  test('are not shown where no front end answers before the run has ended', async () => {
    const front = new FakeFrontEnd().install();
    const { start, end } = fakeRun();
    const messages = await shown(async () => {
      trainingButtons()(start);
      await turn();
      end();
      await turn();
      answer(front);
      await turn();
    });
    assert.deepEqual(messages, []);
  });

  test('are not shown in a script, nor for events that are played back', async () => {
    const messages = await shown(async () => {
      trainingButtons()(fakeRun().start);
      trainingButtons()({ kind: 'start' } as unknown as TrainingEvent);
      await turn();
    });
    assert.deepEqual(messages, []);
  });
});
