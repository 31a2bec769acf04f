/** The set-up scripts are ES modules without declarations; tests name the shape of what they use. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const ROOT = resolve(__dirname, '..', '..');

/** Loads `lib/setup/<name>.mjs`. */
export async function load<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(ROOT, 'lib', 'setup', `${name}.mjs`)).href)) as T;
}

/** Runs `work` in a new folder holding `files`, and removes it. */
export async function inFolder<T>(files: Readonly<Record<string, string>>, work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-setup-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
