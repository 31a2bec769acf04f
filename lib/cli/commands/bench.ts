/** `iekd bench`: speed beside PyTorch, in one interleaved run. */
import type { Command } from 'commander';
import type { BenchProgress, BenchRow } from '../../experiments/bench';
import type { BenchWorkName } from '../../experiments/benchWork';
import { integer, listOf } from '../arguments';
import { type EngineFlags, engineOptions, startEngine } from '../engineOptions';
import { textTable, writeResult } from '../output';
import { type ProgressView, progressView } from '../progress';

interface BenchFlags extends EngineFlags {
  readonly work?: BenchWorkName[];
  readonly depth: number;
  readonly batch: number;
  readonly steps: number;
  readonly rounds: number;
  readonly peer: boolean;
  readonly json?: boolean;
}

const WORKS: readonly BenchWorkName[] = ['supervised', 'ie-ft', 'inference'];

export function addBench(program: Command): void {
  const command = program
    .command('bench')
    .description('Measure training, an IE-FT step and inference, beside PyTorch where python3 imports torch.')
    .option('--work <names>', `which of ${WORKS.join(',')}; default: all`, listOf(WORKS))
    .option('--depth <n>', 'of the ResNet that is trained, 6n + 2', integer(8), 20)
    .option('--batch <n>', 'images a step', integer(1), 128)
    .option('--steps <n>', 'timed steps of each work in a round', integer(1), 10)
    .option('--rounds <n>', 'how often ours and the peer take turns', integer(1), 2)
    .option('--no-peer', 'leave PyTorch out')
    .option('--json', 'rows {work, engine, imagesPerSecond, peer, ratio} as JSON')
    .addHelpText(
      'after',
      `
Rates are images a second, the median over rounds of the median step; ratio is ours to PyTorch's channels_last.

Examples:
  iekd bench                                     everything, about two minutes on two cores
  iekd bench --work ie-ft --steps 5 --json       one row, for a script
  iekd bench --engine portable --steps 2 --no-peer`,
    );
  engineOptions(command).action(runBench);
}

async function runBench({ work, depth, batch, steps, rounds, peer, json, ...engineFlags }: BenchFlags): Promise<void> {
  const { bench } = await import('../../experiments/bench.js');
  const { name, threads } = await startEngine(engineFlags);
  const view = progressView();
  const options = { ...(work ? { work } : {}), depth, batch, steps, rounds, peer, onProgress: showing(view) };
  const result = await bench({ engine: name, threads }, options).finally(() => view.end());
  const text = `${benchTable(result.rows)}\nResNet-${depth}, batch ${batch}, ${threads} threads; peer: ${result.peer}`;
  writeResult({ json: result.rows, text }, json);
}

/** A bar over all parts of all rounds; a log has a line for each part. */
function showing(view: ProgressView): (progress: BenchProgress) => void {
  return ({ round, rounds, what, done, total }) => {
    const note = `round ${round} of ${rounds}: ${what}`;
    view.show({ stage: 'bench', done, total, unit: 'parts', rate: 0, etaSeconds: null, note }, true);
    view.milestone(note);
  };
}

function benchTable(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ work, engine, imagesPerSecond, peer = {}, ratio }) => ({
    ...{ work, engine, 'images/s': Math.round(imagesPerSecond) },
    ...Object.fromEntries(Object.entries(peer).map(([layout, rate]) => [`PyTorch ${layout}`, Math.round(rate)])),
    ...(ratio === undefined ? {} : { ratio }),
  }));
  return textTable(cells);
}
