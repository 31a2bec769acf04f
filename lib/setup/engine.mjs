// @ts-check
/** The fast engine: gets oneDNN where it may, compiles the addon once. Never fails: without it the portable engine runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../engine/onednn/native/build.mjs';
import { aptAllowed, aptInstall, installCommand, missingPackages } from './onednn.mjs';

/** After apt-get has failed, later starts do not wait for it again until then. */
const RETRY_MS = 24 * 3600 * 1000;

/**
 * @param {string} root
 * @param {(line: string) => void} log
 */
export async function ensureEngine(root, log) {
  const missing = missingPackages();
  if (missing.length > 0) await tryApt(root, missing, log);
  const stillMissing = missingPackages();
  if (stillMissing.length > 0) {
    log(`the fast engine is not available: ${stillMissing.join(' and ')} not found. To get it: ${installCommand(stillMissing)}`);
    log('going on with the portable engine');
    return;
  }
  const { ok, reason } = await build({ log });
  if (!ok) log(`the fast engine could not be compiled, going on with the portable one: ${reason}`);
}

/**
 * @param {string} root
 * @param {readonly string[]} packages
 * @param {(line: string) => void} log
 */
async function tryApt(root, packages, log) {
  const memory = join(root, '.setup', 'apt.json');
  if (!aptAllowed() || failedLately(memory)) return;
  const failure = await aptInstall(packages, log);
  if (failure === undefined) return;
  log(`apt-get could not install ${packages.join(' and ')}:\n${failure}`);
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ failedAt: Date.now(), packages }));
}

/** @param {string} memory */
function failedLately(memory) {
  if (!existsSync(memory)) return false;
  try {
    return Date.now() - JSON.parse(readFileSync(memory, 'utf8')).failedAt < RETRY_MS;
  } catch {
    return false; // a half-written file says nothing
  }
}
