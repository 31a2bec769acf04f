// @ts-check
/**
 * Builds the oneDNN addon: one object file a source, compiled when its inputs changed, linked into iekd.node, with a stamp beside it
 * (stamp.cjs). Plain JavaScript without dependencies at load, because set-up runs it before anything else is there. Node's own
 * headers come from the npm package node-api-headers: no header download, no Python, no make.
 *
 *   node lib/engine/onednn/native/build.mjs               into build, or where IEKD_ADDON_FOLDER says; for IEKD_MARCH
 *   node lib/engine/onednn/native/build.mjs --sanitize    with AddressSanitizer and UBSan, into build/sanitize
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { thisMachine, usedInstructions } from './processor.cjs';
import { addonFolder, addonHash, addonPath, readStamp, refusal } from './stamp.cjs';
import {
  compileFlags,
  findCompiler,
  findOneDnn,
  linkFlags,
  macrosFor,
  processorName,
  run,
  VERSION_HEADER,
} from './toolchain.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'src');

/** Where the sanitizer's build goes: never in the place of the other. */
export const SANITIZED = join(here, 'build', 'sanitize');

/** @param {readonly (string | Buffer)[]} parts */
const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest('hex');

/** @param {string} ending */
function sources(ending) {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** @param {readonly (() => Promise<unknown>)[]} jobs */
async function runAll(jobs) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, worker));
}

/**
 * @typedef {object} Plan what is to be built
 * @property {string} cxx
 * @property {string} prefix oneDNN's
 * @property {string} processor
 * @property {string} macros what the compiler defines for it
 * @property {string} folder
 * @property {boolean} sanitize
 * @property {(line: string) => void} log
 */

/**
 * Builds what is not up to date.
 * @param {{ log?: (line: string) => void, sanitize?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, built: boolean, reason?: string }>} never throws: `reason` says what is missing
 */
export async function build({ log = () => {}, sanitize = false } = {}) {
  const folder = sanitize ? SANITIZED : addonFolder();
  const prefix = findOneDnn();
  if (!prefix)
    return {
      ok: false,
      built: false,
      reason:
        'oneDNN was not found (Debian and Ubuntu: apt-get install libdnnl-dev; macOS: brew install onednn; conda: conda install onednn)',
    };
  const cxx = findCompiler();
  // An addon that was built here before serves on, should the compiler have gone.
  if (!cxx && refusal(folder) === undefined) return { ok: true, built: false };
  if (!cxx) return { ok: false, built: false, reason: 'no C++ compiler was found (Debian and Ubuntu: apt-get install g++)' };
  try {
    const processor = processorName();
    const macros = await macrosFor(cxx, processor);
    return { ok: true, built: await carryOut({ cxx, prefix, processor, macros, folder, sanitize, log }) };
  } catch (error) {
    return { ok: false, built: false, reason: `the addon did not compile: ${error instanceof Error ? error.message : error}` };
  }
}

/** @param {Plan} plan */
async function carryOut(plan) {
  const { cxx, prefix, macros, folder, log } = plan;
  const options = compileFlags(prefix, plan);
  const version = readFileSync(join(prefix, 'include', VERSION_HEADER));
  const shared = hash(cxx, macros, version, ...options, ...sources('.h').map((name) => readFileSync(join(source, name))));
  const objects = sources('.cc').map((name) => {
    const object = join(folder, `${name.replaceAll(/[\\/]/g, '-').slice(0, -3)}.o`);
    return { name, object, key: hash(shared, readFileSync(join(source, name))) };
  });
  const current = Object.fromEntries(objects.map(({ name, key }) => [name, key]));
  const links = linkFlags(prefix, plan);
  const whole = hash(JSON.stringify(current), ...links);
  const stamp = readStamp(folder);
  if (stamp?.whole === whole && existsSync(addonPath(folder)) && addonHash(folder) === stamp.addon) return false;
  log('Compiling the oneDNN addon (once) …');
  prepare(folder);
  const stale = objects.filter(({ name, key, object }) => stamp?.objects?.[name] !== key || !existsSync(object));
  await runAll(
    stale.map(
      ({ name, object }) =>
        () =>
          run(cxx, [...options, '-c', join(source, name), '-o', object]),
    ),
  );
  const temporary = `${addonPath(folder)}.${process.pid}`;
  await run(cxx, [...objects.map(({ object }) => object), ...links, '-o', temporary]);
  renameSync(temporary, addonPath(folder));
  const made = { addon: addonHash(folder), target: targetOf(plan), whole, objects: current };
  writeFileSync(join(folder, 'stamp.json'), `${JSON.stringify(made, null, 1)}\n`);
  return true;
}

/**
 * From here on the folder's addon is not trusted until it is stamped anew.
 * @param {string} folder
 */
function prepare(folder) {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new Error(`IEKD_ADDON_FOLDER: expected a folder, received the file ${folder}`);
  }
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'stamp.json'), { force: true });
}

/**
 * @param {Plan} plan
 * @returns {import('./stamp.cjs').Target}
 */
function targetOf({ processor, macros, sanitize }) {
  const { platform, arch, model, instructions } = thisMachine();
  const used = usedInstructions(macros);
  // A kernel that is older than the processor has no names for the newest sets, so that they could not be looked for.
  const known = processor === 'native' && instructions ? used.filter((name) => instructions.has(name)) : used;
  return { platform, arch, model, instructions: known, ...(sanitize ? { sanitized: true } : {}) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sanitize = process.argv.includes('--sanitize');
  const result = await build({ log: (line) => process.stdout.write(`${line}\n`), sanitize });
  if (!result.ok) {
    process.stderr.write(`${result.reason}\n`);
    process.exitCode = 1;
  }
}
