/**
 * Pause and stop beside the curves of a run that is trained, where somebody can click: in a kernel whose front end has widgets. They go when the run ends,
 * so that a saved notebook has none.
 */
import { box } from '../../kernel/controls/box';
import { button } from '../../kernel/controls/button';
import type { Displayed } from '../../kernel/controls/displayed';
import { frontEndAnswers } from '../../kernel/controls/frontEnd';
import { JUPYTER_DISPLAY } from '../../kernel/controls/kernelApi';
import type { RunControls, TrainingListener } from '../../training/events';
import { createSlot } from '../display/display';

/** What the `stopped` event of a run says. */
const REASON = 'by its button';

/** A listener that shows them when a run starts. */
export function trainingButtons(): TrainingListener {
  return (event) => {
    if (event.kind === 'start' && event.controls) void offer(event.controls);
  };
}

async function offer(controls: RunControls): Promise<void> {
  let ended = false;
  void controls.ended.then(() => {
    ended = true;
  });
  if (!(await frontEndAnswers()) || ended) return;
  const buttons = pauseAndStop(controls);
  const slot = createSlot();
  slot.show({ ...buttons.row[JUPYTER_DISPLAY]() });
  await controls.ended;
  for (const one of [buttons.row, ...buttons.all]) one.close();
  slot.show({ 'text/plain': '' }, { final: true });
}

function pauseAndStop(controls: RunControls): { readonly row: Displayed; readonly all: readonly Displayed[] } {
  const pause = button({ label: 'Pause', tooltip: 'The run waits after its step' });
  const stop = button({ label: 'Stop', tooltip: 'The run ends after its step, with a checkpoint where it has a folder' });
  pause.onClick(() => {
    if (controls.paused) controls.goOn();
    else controls.pause();
    pause.label = controls.paused ? 'Go on' : 'Pause';
  });
  stop.onClick(() => {
    stop.disabled = true;
    controls.stop(REASON);
  });
  const all = [pause, stop];
  return { row: box(all, { as: 'row' }), all };
}
