/** A run as the command line shows it: progress while it lasts, then its result. Shared by `train` and `resume`. */
import type { DataListener, DataProgress } from '../../data/types';
import type { ExperimentRun, RunOptions } from '../../experiments/run/runExperiment';
import type { Evaluation } from '../../training/evaluation';
import type { TrainingListener } from '../../training/events';
import { shownPath, textTable, writeNote, writeResult } from './output';
import { type ProgressView, progressView } from './terminalProgress';
import { metricCells, trainingProgress } from './trainingProgress';

/** Listeners and the stop signal that a run is given: the first Ctrl-C stops it after the step, with a checkpoint. */
export type Watched = Pick<RunOptions, 'listeners' | 'stop' | 'onDataProgress'>;

/** Runs `work` under a progress view, and writes its result. */
export async function showRun(work: (watched: Watched) => Promise<ExperimentRun>, asJson: boolean | undefined): Promise<void> {
  const { interruptSignal, stopOnInterrupt } = await import('../../util/stopSignal.js');
  const { describedBy } = await import('../../training/descriptionFile.js');
  const view = progressView();
  const description: TrainingListener = (event) => {
    for (const line of describedBy(event)) view.line(line);
  };
  const release = stopOnInterrupt();
  try {
    const stop = interruptSignal();
    const run = await work({ listeners: [trainingProgress(view), description], stop, onDataProgress: dataProgress(view) });
    view.end();
    writeRun(run, asJson);
    run.dispose();
  } finally {
    view.end();
    release();
  }
}

/** A listener that shows downloads and what is read. */
export function dataProgress(view: ProgressView): DataListener {
  return ({ stage, item, done, total }: DataProgress) => {
    if (stage === 'notice') return view.line(item);
    const inBytes = stage === 'download' || stage === 'verify';
    const [scale, unit] = inBytes ? [1e6, 'MB'] : [1, 'files'];
    const idle = { rate: 0, etaSeconds: null, note: '' };
    view.show({ stage: `${stage} ${item}`, done: done / scale, total: total / scale, unit, ...idle }, !inBytes);
  };
}

function writeRun({ folder, training, report }: ExperimentRun, asJson: boolean | undefined): void {
  const { complete, stopped, last, best, peers, seconds } = training;
  const place = shownPath(folder);
  const json = { folder, complete, stopped, seconds, last: report?.last ?? last, best: report?.best, peers: report?.peers };
  const networks = [{ peer: 'student', evaluations: last?.evaluations ?? [], best }, ...peers];
  const rows = networks.flatMap(({ peer, evaluations, best: own }) => {
    const found = [
      ...(last ? [resultRow(`last (${last.epoch})`, evaluations)] : []),
      ...(own ? [resultRow(`best (${own.epoch}, by ${own.selectedOn})`, own.evaluations)] : []),
    ];
    return peers.length === 0 ? found : found.map((row) => ({ network: peer, ...row }));
  });
  const table = rows.length > 0 ? `${textTable(rows)}\n` : '';
  writeResult({ json, text: `${table}${complete ? 'weights and log in' : 'stopped; checkpoint in'} ${place}` }, asJson);
  if (complete) return;
  writeNote(`to go on: npx iekd resume ${place}`);
  process.exitCode = 1;
}

function resultRow(epoch: string, evaluations: readonly Evaluation[]): Record<string, string> {
  const cells = evaluations.flatMap(({ split, metrics, loss }) => [
    ...Object.entries(metricCells(metrics)).map(([title, text]) => [`${split} ${title}`, text]),
    [`${split} loss`, loss.toFixed(4)],
  ]);
  return { epoch, ...Object.fromEntries(cells) };
}
