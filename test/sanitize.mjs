/**
 * Runs the kernel tables against an addon compiled with AddressSanitizer and UndefinedBehaviorSanitizer: a read or write outside of an
 * array, or arithmetic without meaning, ends the run with the place. `npm run test:sanitize`; needs g++.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, SANITIZED } from '../lib/engine/onednn/native/build.mjs';
import { findCompiler } from '../lib/engine/onednn/native/toolchain.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TESTS = ['test/engine/kernels.test.ts', 'test/engine/trainingStep.test.ts', 'test/engine/onednn/bfloat16.test.ts'];

const { ok, reason } = await build({ sanitize: true, log: (line) => process.stdout.write(`${line}\n`) });
if (!ok) {
  process.stderr.write(`sanitize: ${reason}\n`);
  process.exit(1);
}

/** The sanitizer's library must be there before Node's own allocator, and libstdc++ before its first exception. */
const library = (name) => spawnSync(findCompiler(), [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim();
const environment = {
  ...process.env,
  IEKD_ADDON_FOLDER: SANITIZED,
  IEKD_ENGINE: 'onednn',
  LD_PRELOAD: `${library('libasan.so')} ${library('libstdc++.so')}`,
  // Node leaves memory to the system when it ends, which would be reported as leaks.
  ASAN_OPTIONS: 'detect_leaks=0:halt_on_error=1:abort_on_error=0',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};
const node = ['-r', join(root, 'test', 'typescript.cjs'), '--test', ...TESTS.map((path) => join(root, path))];
const { status } = spawnSync(process.execPath, node, { cwd: root, env: environment, stdio: 'inherit' });
process.exitCode = status ?? 1;
