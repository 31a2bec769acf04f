/**
 * Training as it goes on: for each stage a progress bar and the curves of its loss, updated in place, as a listener to the
 * trainer's events. Above them what the run says of itself, folded. When the stage ends the display becomes a figure: a picture, and the same curves as Plotly data. It holds
 * no times, so that the same run leaves the same notebook.
 */
import { relative } from 'node:path';
import { DEFAULT_TASK } from '../../tasks';
import { describedBy } from '../../training/descriptionFile';
import type { EpochEvent, StageEvent, StepEvent, StoppedEvent, TrainingEvent, TrainingListener } from '../../training/events';
import { knownKeys } from '../../util/check';
import { createSlot, escapeHtml, type MimeBundle, type Slot } from '../display/display';
import { type Progress, progressBundle, progressHtml } from '../display/progress';
import { curves } from '../plots/curves';
import { PLOTLY_MIME, themed } from '../plots/figure';
import { CHART_HEIGHT, type Line, lineCharts, type Panel } from '../plots/lineChart';
import { FIGURE_SIZE } from '../plots/theme';
import { rasterize } from '../render/raster';
import { accuracyCurves, lossCurves } from './trainingCurves';

/** Options of `liveTraining`. */
export interface LiveTrainingOptions {
  /** Before the stage's name: `ResNet-20 alone`. */
  readonly title?: string;
  /** Milliseconds between two updates, at least. Default 500. */
  readonly everyMs?: number;
}

/**
 * A listener that shows a run while it is trained. Each stage has a display of its own: a progress bar over its curves of loss by
 * epoch, and the task's primary metric (top-1 accuracy in per cent) after each epoch. It becomes a figure when the stage ends.
 * @returns a listener for `train`; to be made anew for each run
 * @throws InputError for an option that is not known
 * @example
 * ```ts
 * import { buildNetwork, liveTraining, loadDataset, random, start, supervised, train } from 'iekd';
 *
 * await start();
 * const data = await loadDataset('fashion-mnist', { train: 200, test: 100 });
 * const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
 * const listeners = [liveTraining({ title: 'ResNet-8 alone' })];
 * const training = { epochs: 1, batch: 50 };
 * (await train({ student, method: supervised(), data, training, listeners })).dispose();
 * ```
 */
export function liveTraining(options: LiveTrainingOptions = {}): TrainingListener {
  knownKeys('liveTraining', options, ['title', 'everyMs']);
  const { title = '', everyMs = 500 } = options;
  let stage: StageView | undefined;
  let metric = DEFAULT_TASK.primary.name;
  const describe = description();
  return (event: TrainingEvent) => {
    describe(event);
    if (event.kind === 'start') metric = event.primary;
    else if (event.kind === 'stage') stage = stageView(title, event, { everyMs, metric });
    else if (event.kind === 'step') stage?.step(event);
    else if (event.kind === 'epoch') stage?.epoch(event);
    else if (event.kind === 'stopped') stage?.stopped(event);
  };
}

/** What the run says of itself, folded until somebody asks. It grows with the first step of each stage. */
function description(): TrainingListener {
  const slot = createSlot();
  const lines: string[] = [];
  return (event) => {
    if (event.kind === 'start') lines.length = 0;
    lines.push(...describedBy(event));
    const final = event.kind === 'done' || event.kind === 'stopped';
    if (lines.length === 0 || !(final || event.kind === 'start' || event.kind === 'terms')) return;
    slot.show({ 'text/html': folded(lines), 'text/plain': lines.join('\n') }, { final });
  };
}

const folded = (lines: readonly string[]): string =>
  `<details style="font-size:.85em"><summary>What is trained, and on what</summary><pre style="white-space:pre-wrap">${escapeHtml(lines.join('\n'))}</pre></details>`;

interface StageView {
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  stopped(event: StoppedEvent): void;
}

function stageView(
  title: string,
  stage: StageEvent,
  { everyMs, metric }: { readonly everyMs: number; readonly metric: string },
): StageView {
  const name = title ? `${title}: ${stage.stage}` : stage.stage;
  const slot = createSlot();
  const losses = lossCurves(stage.epochs);
  const accuracy = accuracyCurves(metric);
  const total = stage.epochs * stage.stepsPerEpoch;
  const idle = { stage: name, total, unit: 'steps', rate: 0, etaSeconds: null };
  let done = 0;
  let drawn = 0;
  const panels = (): Panel[] => [losses.panel('loss'), ...accuracy.panels(stage.epochs)];
  const finish = (note: string): void => {
    const text = [note, accuracy.text()].filter(Boolean).join(' · ');
    showFinal(slot, { ...idle, done, note: text }, panels(), losses.lines());
  };
  slot.show(progressBundle({ ...idle, done, note: '' }));
  return {
    step(event) {
      done = event.done;
      losses.add(event);
      const now = Date.now();
      if (now - drawn < everyMs) return;
      drawn = now;
      const note = [`epoch ${Math.min(stage.epochs, Math.floor(event.epoch) + 1)} of ${stage.epochs}`, accuracy.text()];
      const rate = { rate: event.imagesPerSecond, rateUnit: 'images', etaSeconds: event.etaSeconds };
      showLive(slot, { ...idle, ...rate, done, note: note.filter(Boolean).join(' · ') }, panels());
    },
    epoch(event) {
      accuracy.add(event);
      if (event.epoch >= stage.epochs) finish('');
    },
    stopped(event) {
      const checkpoint = event.path ? `, checkpoint in ${relative(process.cwd(), event.path)}` : '';
      finish(`stopped (${event.reason})${checkpoint}`);
    },
  };
}

function showLive(slot: Slot, progress: Progress, panels: readonly Panel[]): void {
  slot.show({ ...progressBundle(progress), 'text/html': progressHtml(progress) + lineCharts(panels) });
}

function showFinal(slot: Slot, progress: Progress, panels: readonly Panel[], lines: readonly Line[]): void {
  const titled = panels.map((panel, i) => (i === 0 ? { ...panel, title: progress.stage } : panel));
  const figure = themed(curves(lines, { title: progress.stage, x: 'epoch', y: 'loss', markers: false }));
  const data: MimeBundle = {
    ...progressBundle(progress),
    [PLOTLY_MIME]: { ...figure, config: {} },
    'image/png': rasterize(lineCharts(titled)).toString('base64'),
  };
  const { 'text/html': _, ...kept } = data; // the picture takes its place
  slot.show(kept, { final: true, metadata: { 'image/png': { width: FIGURE_SIZE.width, height: CHART_HEIGHT } } });
}
