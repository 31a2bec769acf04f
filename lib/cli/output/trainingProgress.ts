/** What a trainer tells, as progress on a terminal. */
import { DEFAULT_TASK, metricStyle, metricText } from '../../tasks';
import type { Metrics } from '../../tasks/types';
import type { Evaluation } from '../../training/evaluation';
import type { EpochEvent, FittedEvent, StageEvent, StepEvent, TrainingEvent, TrainingListener } from '../../training/events';
import { lossShares, shareText } from '../../training/lossShares';
import { SILENT_MS } from '../../util/locks/observer.cjs';
import { counted, duration } from '../../util/text';
import { shownPath } from './output';
import { stageEstimate, stagesLine } from './stageText';
import type { ProgressView } from './terminalProgress';

/** A listener that shows a bar for each stage and notes what a log should keep. @param name of the run, where there are several */
export function trainingProgress(view: ProgressView, name = ''): TrainingListener {
  const named = (text: string): string => (name ? `${name}: ${text}` : text);
  let stage: StageEvent | undefined;
  /** The stage that was taken as it was kept: its epochs are an earlier run's, and are told in one line. */
  let taken: string | undefined;
  let step: StepEvent | undefined;
  let measured = '';
  let metric = DEFAULT_TASK.primary.name;
  const estimate = stageEstimate();
  const show = (): void => {
    if (step) view.show(stepProgress(step, stage, [name, measured]));
  };
  return (event: TrainingEvent) => {
    switch (event.kind) {
      case 'waiting':
        view.line(named(waitingLine(event)));
        break;
      case 'start':
        metric = event.primary;
        view.line(named(runLine(event)));
        for (const line of stagesLine(event)) view.line(named(line));
        break;
      case 'stage':
        [stage, step, measured] = [event, undefined, ''];
        break;
      case 'step': {
        step = event;
        const line = estimate(event, stage);
        if (line) view.milestone(named(line)); // a bar shows the time that is left
        show();
        break;
      }
      case 'epoch':
        if (event.stage === taken) break;
        measured = metricsText(event, metric);
        show();
        view.milestone(named(epochLine(event, measured)));
        break;
      case 'captured':
        if (event.reason) view.line(named(`${event.stage}: each step is made anew: ${event.reason}`));
        break;
      case 'fitted':
        if (event.reused) taken = event.stage;
        view.line(named(fittedLine(event)));
        break;
      case 'stopped':
        view.line(named(`stopped after step ${event.step}: ${event.reason}${event.path ? `; checkpoint ${event.path}` : ''}`));
        break;
      default:
    }
  };
}

/** `factor encoder: taken from the kept ones, fitted by an earlier run (30 epochs, 19 min): data/runs/.encoders/0123456789ab.safetensors` */
function fittedLine({ stage, reused, epochs, seconds, path, failed }: FittedEvent): string {
  if (failed) return `${stage}: ${failed}`;
  const place = shownPath(path);
  return reused
    ? `${stage}: taken from the kept ones, fitted by an earlier run (${counted(epochs, 'epoch')}, ${duration(seconds)}): ${place}`
    : `${stage}: kept in ${place}`;
}

function waitingLine({ folder, holder: { pid, host, since } }: Extract<TrainingEvent, { kind: 'waiting' }>): string {
  const who = `process ${pid} on ${host} has held ${folder} since ${since}`;
  return `${who}; looking whether it still runs, which takes up to ${SILENT_MS / 60_000} minutes`;
}

function runLine({ facts, resumed }: Extract<TrainingEvent, { kind: 'start' }>): string {
  const { student, peers = [], teachers, method, data, seed } = facts;
  const beside = peers.length > 0 ? ` with ${peers.map((p) => p.name).join(', ')}` : '';
  const from = teachers.length > 0 ? ` from ${teachers.map((t) => t.name).join(', ')}` : '';
  const what = `${student.name} (${student.parameters.toLocaleString('en-GB')} parameters) by ${method.name}${beside}${from}`;
  const on = `on ${data.train.toLocaleString('en-GB')} images of ${data.name}, seed ${seed}`;
  return `${what} ${on}${resumed ? `; going on after step ${resumed.step}` : ''}`;
}

function stepProgress(event: StepEvent, stage: StageEvent | undefined, [name, measured]: readonly [string, string]) {
  const { done, total, imagesPerSecond: rate, etaSeconds, epoch, mean } = event;
  const place = stage && stage.stages > 1 ? `${stage.index + 1}/${stage.stages} ` : '';
  const epochs = stage ? `epoch ${Math.ceil(epoch)} of ${stage.epochs}` : '';
  const note = [name, epochs, `loss ${mean.loss.toFixed(3)}`, measured].filter(Boolean).join(' · ');
  return { stage: place + event.stage, done, total, unit: 'steps', rate, rateUnit: 'images', etaSeconds, note };
}

/** `student 3/10: loss 0.412 (task 0.512, 39 % · inheritance 0.35, 27 % · exploration -0.45, −34 %), rate 0.1, 24.1 s; test 85.31 %` */
function epochLine(event: EpochEvent, measured: string): string {
  const { stage, epoch, epochs, loss, terms, learningRate, seconds } = event;
  const shares = lossShares(Object.values(terms));
  const addends = Object.entries(terms).map(([name, { weighted }], i) => {
    return `${name} ${Number(weighted.toPrecision(3))}, ${shareText(shares[i] as number)}`;
  });
  const head = `${stage} ${epoch}/${epochs}: loss ${loss.toFixed(4)}`;
  const tail = `rate ${Number(learningRate.toPrecision(4))}, ${seconds.toFixed(1)} s`;
  return `${head}${addends.length > 1 ? ` (${addends.join(' · ')})` : ''}, ${tail}${measured ? `; ${measured}` : ''}${event.endedEarly ? '; ended early' : ''}`;
}

/** The task's primary metric: `test 85.31 % · peer1 test 84.02 %` */
function metricsText({ evaluations, peers = [], ema }: EpochEvent, metric: string): string {
  const texts = (list: readonly Evaluation[], who = ''): string[] =>
    list.map(({ split, metrics }) => `${who}${split} ${metricText(metric, metrics[metric])}`);
  const others = peers.flatMap(({ peer, evaluations: own }) => texts(own, `${peer} `));
  return [...texts(evaluations), ...others, ...texts(ema?.evaluations ?? [], 'averaged ')].join(' · ');
}

/** Cells of a table, by the titles of the metrics: `{ 'top-1': '85.31 %', 'top-5': '99.20 %' }` */
export function metricCells(metrics: Metrics): Record<string, string> {
  return Object.fromEntries(Object.entries(metrics).map(([name, value]) => [metricStyle(name).title, metricText(name, value)]));
}
