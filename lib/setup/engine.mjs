// @ts-check
/** The fast engine: gets oneDNN where it may, compiles the addon once. Never fails: without it the portable engine runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../engine/onednn/native/build.mjs';
import { missingParts } from '../engine/onednn/native/parts.mjs';
import { aptAllowed, aptInstall } from './onednn.mjs';

/** After apt-get has failed, later starts do not wait for it again until then. */
const RETRY_MS = 24 * 3600 * 1000;

/** What it acts through; tests put their own in. */
const SYSTEM = { build, missingParts: () => missingParts(), aptAllowed, aptInstall };

/**
 * @param {string} root
 * @param {(line: string) => void} log
 * @param {typeof SYSTEM} system
 */
export async function ensureEngine(root, log, system = SYSTEM) {
  if ((await system.build({ log })).ok) return;
  const missing = system.missingParts();
  if (missing.length > 0) await tryApt(root, missing, log, system);
  const { ok, reason } = await system.build({ log });
  if (ok) return;
  log(`the fast engine is not built: ${reason}`);
  log('going on with the portable engine: one thread, several times slower; the quickstart takes a fifth of its images');
}

/**
 * @param {string} root
 * @param {readonly import('../engine/onednn/native/parts.mjs').Part[]} missing
 * @param {(line: string) => void} log
 * @param {typeof SYSTEM} system
 */
async function tryApt(root, missing, log, system) {
  const memory = join(root, '.setup', 'apt.json');
  if (!system.aptAllowed() || failedLately(memory)) return;
  const packages = missing.map((part) => part.debian);
  log(`installing ${packages.join(' and ')} with apt-get, for the fast engine (IEKD_NO_APT=1 forbids it) …`);
  const failure = await system.aptInstall(packages);
  if (failure === undefined) return;
  log(`apt-get failed:\n${failure}`);
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
