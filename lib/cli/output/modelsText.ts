/** What `iekd bench --models` found: a table for the terminal, or for Markdown, and in words what is to be known of it. */
import type { ModelBenchResult } from '../../bench/models/modelBench';
import type { ModelBenchRow } from '../../bench/models/modelBenchRow';
import type { Row } from '../../notebook/display/table';
import { count, counted } from '../../util/text';
import { fittedText, textTable } from './output';

export function modelsText(result: ModelBenchResult): string {
  return [textTable(cellsOf(result)), ...remarks(result).map((line) => fittedText(line))].join('\n');
}

export function modelsMarkdown(result: ModelBenchResult): string {
  const rows = cellsOf(result);
  const names = Object.keys(rows[0] ?? {});
  const line = (cells: readonly unknown[]): string => `| ${cells.map((cell) => cell ?? '').join(' | ')} |`;
  const body = rows.map((row) => line(names.map((name) => row[name])));
  return [line(names), `|${names.map(() => '---').join('|')}|`, ...body, '', ...remarks(result)].join('\n');
}

/** All rows with the same columns. */
function cellsOf({ rows }: ModelBenchResult): Row[] {
  const layouts = [...new Set(rows.flatMap(({ peer = {} }) => Object.keys(peer)))];
  const memory = rows.some(({ peerPeakMemoryMb }) => peerPeakMemoryMb !== undefined);
  return rows.map((row): Row => {
    const { network, imagesPerSecond, ofPeak, peakImagesPerSecond, peer = {}, ratio, peakMemoryMb, peerPeakMemoryMb } = row;
    const rates = layouts.map((layout) => [`PyTorch ${layout}`, shownRate(peer[layout])]);
    return {
      ...{ network, 'images/s': shownRate(imagesPerSecond), ...Object.fromEntries(rates) },
      ...(layouts.length > 0 ? { ratio: ratio?.toFixed(2) ?? 'withheld' } : {}),
      ...{ '% of peak': Math.round(100 * ofPeak), 'peak allows': shownRate(peakImagesPerSecond), MiB: count(peakMemoryMb) },
      ...(memory ? { 'PyTorch MiB': peerPeakMemoryMb === undefined ? null : count(peerPeakMemoryMb) } : {}),
    };
  });
}

/** Below 100 with a decimal. */
const shownRate = (rate: number | undefined): string | null =>
  rate === undefined ? null : rate < 100 ? String(rate) : count(Math.round(rate));

/** What all rows have in common, what the columns mean, what is doubtful and what did not run. */
function remarks({ rows, peer }: ModelBenchResult): string[] {
  const [{ engine, precision, threads, batch, size, peakGflops }] = rows as [ModelBenchRow, ...ModelBenchRow[]];
  const images = `batches of ${batch} images of ${size}×${size}`;
  const setting = `Training on ${engine}, ${precision}, ${counted(threads, 'thread')}, ${images}; peer: ${peer}.`;
  const best = `${count(Math.round(peakGflops))} GFLOP/s`;
  const peak = `Peak: products of matrices at ${best}; Winograd's algorithm multiplies less than is counted.`;
  const ratio = rows.some(({ compared }) => compared !== undefined)
    ? ['The ratio is to the fastest layout of the same precision.']
    : [];
  const doubts = rows.flatMap(({ network, doubts: found = [], ratio: told }) =>
    found.length > 0 ? [`${network}: ${told === undefined ? 'ratio withheld, ' : ''}${found.join('; ')}.`] : [],
  );
  const failures = rows.flatMap(({ network, failures: found = {} }) =>
    Object.entries(found).map(([layout, why]) => `${network}: PyTorch ${layout} did not run: ${why}.`),
  );
  return [[setting, peak, ...ratio].join(' '), ...doubts, ...failures];
}
