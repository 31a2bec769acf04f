/**
 * Training as it goes on: for each stage a progress bar and the curves of its loss, updated in place, as a listener to the
 * trainer's events. Above them what the run says of itself, folded. When the stage ends the display becomes a figure: a picture, and the same curves as Plotly data. It holds
 * no times, so that the same run leaves the same notebook.
 */
import { relative } from 'node:path';
import { DEFAULT_TASK } from '../../tasks';
import { describedBy } from '../../training/descriptionFile';
import type {
  EpochEvent,
  FittedEvent,
  StageEvent,
  StepEvent,
  StoppedEvent,
  TrainingEvent,
  TrainingListener,
} from '../../training/events';
import { STUDENT_STAGE } from '../../training/planStages';
import { knownKeys } from '../../util/check';
import { counted } from '../../util/text';
import { createSlot, escapeHtml, type MimeBundle, type Slot } from '../display/display';
import { type Progress, progressBundle, progressHtml } from '../display/progress';
import { curves } from '../plots/curves';
import { PLOTLY_MIME, themed } from '../plots/figure';
import { CHART_HEIGHT, type Line, lineCharts, type Panel } from '../plots/lineChart';
import { FIGURE_SIZE } from '../plots/theme';
import { rasterize } from '../render/raster';
import { trainingButtons } from './trainingButtons';
import { lossCurves, metricCurves } from './trainingCurves';

/** Options of `liveTraining`. */
export interface LiveTrainingOptions {
  /** Who is trained: `ResNet-20 alone`. Stages before the student's have their own name behind it. */
  readonly title?: string;
  /** Milliseconds between two updates, at least. Default 500. */
  readonly everyMs?: number;
}

/**
 * A listener that shows a run while it is trained. Each stage has a display of its own: a progress bar over its curves of loss by
 * epoch, and the task's primary metric (top-1 accuracy in per cent) after each epoch. It becomes a figure when the stage ends. Where somebody
 * looks at it in a notebook, the run can be paused and stopped by buttons.
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
  let changes = 0;
  const byHand = (): string => (changes > 0 ? `${counted(changes, 'change')} by hand` : '');
  const describe = description();
  const buttons = trainingButtons();
  return (event: TrainingEvent) => {
    describe(event);
    buttons(event);
    if (event.kind === 'start') [metric, changes] = [event.primary, event.adjusted?.length ?? 0];
    else if (event.kind === 'stage') stage = stageView(title, event, { everyMs, metric, byHand });
    else if (event.kind === 'fitted') stage?.fitted(event);
    else if (event.kind === 'step') stage?.step(event);
    else if (event.kind === 'epoch') stage?.epoch(event);
    else if (event.kind === 'stopped') stage?.stopped(event);
    else if (event.kind === 'adjusted') changes++;
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
    if (lines.length === 0 || !(final || TOLD.includes(event.kind))) return;
    slot.show({ 'text/html': folded(lines), 'text/plain': lines.join('\n') }, { final });
  };
}

/** Events that it grows with. */
const TOLD: readonly TrainingEvent['kind'][] = ['start', 'terms', 'adjusted'];

const folded = (lines: readonly string[]): string =>
  `<details style="font-size:.85em"><summary>What is trained, and on what</summary><pre style="white-space:pre-wrap">${escapeHtml(lines.join('\n'))}</pre></details>`;

/** The title says who is trained: `IE-FT`, and `IE-FT: factor encoder` for what is trained before. */
function stageTitle(title: string, stage: string): string {
  if (title === '') return stage;
  return stage === STUDENT_STAGE ? title : `${title}: ${stage}`;
}

interface StageView {
  fitted(event: FittedEvent): void;
  step(event: StepEvent): void;
  epoch(event: EpochEvent): void;
  stopped(event: StoppedEvent): void;
}

interface StageViewOptions {
  readonly everyMs: number;
  readonly metric: string;
  /** Says how often the run was changed by hand; empty where it was not. */
  readonly byHand: () => string;
}

function stageView(title: string, stage: StageEvent, { everyMs, metric, byHand }: StageViewOptions): StageView {
  const name = stageTitle(title, stage.stage);
  const slot = createSlot();
  const losses = lossCurves(stage);
  const measured = metricCurves(metric);
  const total = stage.epochs * stage.stepsPerEpoch;
  const idle = { stage: name, total, unit: 'steps', rate: 0, etaSeconds: null };
  let done = 0;
  let drawn = 0;
  let taken = false;
  const panels = (): Panel[] => [losses.panel('loss'), ...measured.panels(stage.epochs)];
  const finish = (note: string): void => {
    const text = [note, byHand(), measured.text()].filter(Boolean).join(' · ');
    const curvesOf = byHand() ? `${name} (${byHand()})` : name; // a picture has no note
    showFinal(slot, { ...idle, done, note: text }, { title: curvesOf, panels: panels(), lines: losses.lines() });
  };
  slot.show(progressBundle({ ...idle, done, note: '' }));
  return {
    fitted({ reused }) {
      if (!reused) return;
      done = total;
      taken = true;
      slot.show(progressBundle({ ...idle, done, note: 'fitted by an earlier run, taken as it was kept' }), { final: true });
    },
    step(event) {
      done = event.done;
      losses.step(event);
      const now = Date.now();
      if (now - drawn < everyMs) return;
      drawn = now;
      const place = stage.stages > 1 ? `stage ${stage.index + 1} of ${stage.stages}, ` : '';
      const note = [
        `${place}epoch ${Math.min(stage.epochs, Math.floor(event.epoch) + 1)} of ${stage.epochs}`,
        byHand(),
        measured.text(),
      ];
      const rate = { rate: event.imagesPerSecond, rateUnit: 'images', etaSeconds: event.etaSeconds };
      showLive(slot, { ...idle, ...rate, done, note: note.filter(Boolean).join(' · ') }, panels());
    },
    epoch(event) {
      if (taken) return;
      losses.epoch(event);
      measured.add(event);
      if (event.endedEarly) finish(`ended early after epoch ${event.epoch} of ${stage.epochs}`);
      else if (event.epoch >= stage.epochs) finish('');
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

interface FinalCurves {
  readonly title: string;
  readonly panels: readonly Panel[];
  /** Of the loss. */
  readonly lines: readonly Line[];
}

function showFinal(slot: Slot, progress: Progress, { title, panels, lines }: FinalCurves): void {
  const titled = panels.map((panel, i) => (i === 0 ? { ...panel, title } : panel));
  const series = lines.map(({ value: _, ...line }) => line);
  const figure = themed(curves(series, { title, x: 'epoch', y: 'loss', markers: false }));
  const data: MimeBundle = {
    ...progressBundle(progress),
    [PLOTLY_MIME]: { ...figure, config: {} },
    'image/png': rasterize(lineCharts(titled)).toString('base64'),
  };
  const { 'text/html': _, ...kept } = data; // the picture takes its place
  slot.show(kept, { final: true, metadata: { 'image/png': { width: FIGURE_SIZE.width, height: CHART_HEIGHT } } });
}
