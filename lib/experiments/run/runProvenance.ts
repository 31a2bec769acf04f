/** Where a number comes from: versions, engine, machine, commit. */
import { execFileSync } from 'node:child_process';
import type { EngineReport, Machine } from '../../engine/start';
import { tf } from '../../engine/tf';
import type { Precision } from '../../engine/types';
import { inRepository, libraryVersion } from '../../util/package/ownPackage';

/** Written beside every result; JSON-ready. */
export interface Provenance {
  readonly versions: { readonly iekd: string; readonly node: string; readonly tfjs: string };
  readonly engine: { readonly name: string; readonly version: string; readonly threads: number; readonly precision: Precision };
  readonly machine: Machine;
  /** Of the library's repository, with `+` when files differed from it; absent outside one. */
  readonly commit?: string;
}

export function provenance({ name, version, threads, precision, machine }: EngineReport): Provenance {
  const commit = gitCommit();
  return {
    versions: { iekd: libraryVersion(), node: process.versions.node, tfjs: tf.version.tfjs },
    engine: { name, version, threads, precision },
    machine,
    ...(commit === undefined ? {} : { commit }),
  };
}

function gitCommit(): string | undefined {
  if (!inRepository()) return undefined; // the repository around a package is another one
  const git = (...words: string[]): string =>
    execFileSync('git', words, { cwd: __dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 }).trim();
  try {
    const commit = git('rev-parse', '--short=12', 'HEAD');
    // Results that were added since are no other program.
    const paths = ['--', ':/', ':(top,exclude)data/results'];
    return git('status', '--porcelain', '--untracked-files=no', ...paths) === '' ? commit : `${commit}+`;
  } catch {
    return undefined; // no git, or no repository
  }
}
