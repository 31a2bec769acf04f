/** `node -r ./test/typescript.cjs test/mutations/report.ts [FILES] [SEED] [KIND]`: a table of what came of changed files; exit 1 on a failure. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from 'iekd/dist/engine/tf';
import { KINDS } from './kinds';
import { tryMutations } from './tryMutations';

async function report([files = '10000', seed = '1', only]: readonly string[]): Promise<void> {
  await tf.setBackend('cpu');
  const folder = mkdtempSync(join(tmpdir(), 'iekd-mutations-'));
  try {
    for (const kind of KINDS.filter(({ name }) => only === undefined || name === only)) {
      const { failures, ...tally } = await tryMutations(kind, Number(files), { seed: Number(seed), folder });
      console.log(JSON.stringify({ ...tally, failures: failures.length }));
      for (const failure of failures.slice(0, 20)) console.log(`  ${failure}`);
      if (failures.length > 0 || tally.slowestMs > 1000) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

void report(process.argv.slice(2));
