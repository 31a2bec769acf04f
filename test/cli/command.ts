/** Runs the command line as a user does, in a process of its own. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

export const ENTRY = resolve(__dirname, '..', '..', 'lib', 'bin', 'iekd.cjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `iekd` with these arguments. */
export function iekd(args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
  const { IEKD_ENGINE: _, COLUMNS: __, FORCE_COLOR: ___, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], {
    env: { ...inherited, ...env },
    encoding: 'utf8',
    timeout: 300_000,
  });
  return { code: status, stdout, stderr };
}
