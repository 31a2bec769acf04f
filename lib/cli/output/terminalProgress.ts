/**
 * Progress on a terminal: a bar that is redrawn in place, or, where the output is a file or a pipe, a line for each thing that is
 * done. Fed with the progress of a notebook's displays or with the events of a trainer.
 */
import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../../notebook/display/progress';
import { count, duration, unitOf } from '../../util/text';
import { manner } from './terminal';

/** Where progress is shown. */
export interface ProgressView {
  /** Shows a state; a new `stage` begins a new bar. The one before stays as it is, or goes if it was `passing`. */
  show(progress: Progress, passing?: boolean): void;
  /** Writes a line. */
  line(text: string): void;
  /** Writes a line where there is no bar that says it: to a log. */
  milestone(text: string): void;
  /** Ends the bar, leaving it as it is. To be called also after an error. */
  end(): void;
}

/** Progress on `stream`, as fits it. */
export function progressView(stream: NodeJS.WriteStream = process.stderr): ProgressView {
  if (manner().quiet) return SILENT;
  return stream.isTTY ? barView(stream) : lineView(stream);
}

const nothing = (): void => undefined;
/** Where nobody wants any. */
const SILENT: ProgressView = { show: nothing, line: nothing, milestone: nothing, end: nothing };

/** What a bar says after itself: rate, time left, a note. */
export function barText({ done, total, unit, rate, rateUnit, etaSeconds, note }: Progress): string {
  const parts = [`${count(done)}/${count(total)}${unit ? ` ${unitOf(total, unit)}` : ''}`];
  if (rate > 0) parts.push(`${count(rate)} ${rateUnit ?? unit}/s`);
  if (etaSeconds !== null && Number.isFinite(etaSeconds) && done < total) parts.push(`${duration(etaSeconds)} left`);
  if (note) parts.push(note);
  return parts.join(' · ');
}

/** Terminals of fewer columns have a shorter bar, for the text behind it is cut at their edge. */
const WIDE = 110;

function barView(stream: NodeJS.WriteStream): ProgressView {
  let bar: SingleBar | undefined;
  let stage: string | undefined;
  const end = (): void => {
    bar?.stop();
    bar = undefined;
    stage = undefined;
  };
  const begin = (progress: Progress, clearOnComplete: boolean): SingleBar => {
    end();
    const format = '{stage} {bar} {percentage}% {text}';
    const barsize = (stream.columns ?? WIDE) < WIDE ? 10 : 24;
    const options = { format, stream, barsize, hideCursor: true, fps: 5, linewrap: false, clearOnComplete };
    const fresh = new SingleBar(options, Presets.shades_classic);
    fresh.start(Math.max(1, progress.total), 0, payload(progress));
    stage = progress.stage;
    return fresh;
  };
  return {
    show(progress, passing = false) {
      if (!bar || stage !== progress.stage) bar = begin(progress, passing);
      bar.setTotal(Math.max(1, progress.total));
      bar.update(progress.done, payload(progress));
    },
    line(text) {
      end();
      stream.write(`${text}\n`);
    },
    milestone: () => undefined,
    end,
  };
}

const payload = (progress: Progress): object => ({ stage: progress.stage, text: barText(progress) });

/** One line when a stage begins and one when it has come to its end; milestones in between. */
function lineView(stream: NodeJS.WriteStream): ProgressView {
  let [stage, finished] = ['', false];
  const line = (text: string): void => void stream.write(`${text}\n`);
  return {
    show(progress, passing = false) {
      if (passing) return;
      if (progress.stage !== stage) {
        [stage, finished] = [progress.stage, false];
        line(`${stage}: ${count(progress.total)} ${unitOf(progress.total, progress.unit)}`.trimEnd());
      }
      if (finished || progress.done < progress.total) return;
      finished = true;
      line(`${stage}: ${barText(progress)}`);
    },
    line,
    milestone: line,
    end: () => undefined,
  };
}
