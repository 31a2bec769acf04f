/** A run as the command line shows it: progress while it lasts, then its result. Shared by `train` and `resume`. */
import type { DataListener, DataProgress } from '../../data/types';
import type { ExperimentRun, RunOptions } from '../../experiments/run/runExperiment';
import type { Evaluation } from '../../training/evaluation';
import type { TrainingListener } from '../../training/events';
import type { StopSignal } from '../../util/stopSignal';
import { counted } from '../../util/text';
import { inputNotes } from './inputNotes';
import { shownPath, textTable, writeNote, writeResult } from './output';
import { failAfter, stoppable } from './stopping';
import { type ProgressView, progressView } from './terminalProgress';
import { metricCells, trainingProgress } from './trainingProgress';

/** Listeners and the stop signal that a run is given: a first Ctrl-C, SIGTERM or SIGHUP stops it after the step, with a checkpoint. */
export type Watched = Pick<RunOptions, 'listeners' | 'onDataProgress' | 'onInputs'> & { readonly stop: StopSignal };

/** Runs `work` under a progress view, and writes its result. */
export async function showRun(work: (watched: Watched) => Promise<ExperimentRun>, asJson: boolean | undefined): Promise<void> {
  const { describedBy } = await import('../../training/descriptionFile.js');
  const view = progressView();
  const description: TrainingListener = (event) => {
    for (const line of describedBy(event)) view.line(line);
  };
  const listeners = [trainingProgress(view), description];
  const watched = { listeners, onDataProgress: dataProgress(view), onInputs: inputNotes(view) };
  const { value: run, signal } = await stoppable((stop) => work({ ...watched, stop })).finally(() => view.end());
  if (run) writeRun(run, asJson);
  if (!run?.training.complete) await failAfter(signal);
  run?.dispose();
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
  const { complete, stopped, last, best, peers, seconds, adjusted } = training;
  const place = shownPath(folder);
  const changes = adjusted.length > 0 ? { adjusted } : {};
  const results = { last: report?.last ?? last, best: report?.best, peers: report?.peers };
  const json = { folder, complete, stopped, seconds, ...results, ...changes };
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
  if (adjusted.length > 0) writeNote(`with ${counted(adjusted.length, 'change')} by hand it is no result of its configuration`);
  if (!complete) writeNote(`to go on: npx iekd resume ${place}`);
}

function resultRow(epoch: string, evaluations: readonly Evaluation[]): Record<string, string> {
  const cells = evaluations.flatMap(({ split, metrics, loss }) => [
    ...Object.entries(metricCells(metrics)).map(([title, text]) => [`${split} ${title}`, text]),
    [`${split} loss`, loss.toFixed(4)],
  ]);
  return { epoch, ...Object.fromEntries(cells) };
}
