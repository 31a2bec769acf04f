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
import { findOneDnn, versionText } from './oneDnn.mjs';
import { lackSentence, missingParts } from './parts.mjs';
import { thisMachine, usedInstructions } from './processor.cjs';
import { setupCommand } from './setupCommand.cjs';
import { addonFolder, addonHash, addonPath, keepFailure, readStamp, refusal } from './stamp.cjs';
import { compileFlags, findCompiler, firstError, linkFlags, processorName, run, targetFor } from './toolchain.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'src');

/** Where the sanitizer's build goes: never in the place of the other. */
export const SANITIZED = join(here, 'build', 'sanitize');

/**
 * A build for other machines: it must run on any processor of its kind, and beside its own copy of oneDNN.
 * @typedef {object} Release
 * @property {string} cxx
 * @property {string} processor as -march= takes it
 * @property {{ platform: string, arch: string }} machine
 * @property {string} folder
 */

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
 * @property {import('./oneDnn.mjs').OneDnn} oneDnn
 * @property {string} processor
 * @property {import('./toolchain.mjs').Target} target the same as the compiler has it
 * @property {string} folder
 * @property {boolean} sanitize
 * @property {Release} [release]
 * @property {(line: string) => void} log
 */

/**
 * Builds what is not up to date.
 * @param {{ log?: (line: string) => void, sanitize?: boolean }} [options]
 * @returns {Promise<{ ok: boolean, built: boolean, reason?: string }>} never throws: `reason` says what is missing, and what to do
 */
export async function build({ log = () => {}, sanitize = false } = {}) {
  const folder = sanitize ? SANITIZED : addonFolder();
  /** @param {string} reason @param {string} [details] */
  const failed = (reason, details) => {
    keepFailure(folder, { reason, ...(details ? { details } : {}) });
    return { ok: false, built: false, reason };
  };
  const place = findOneDnn(readStamp(folder)?.prefix);
  const cxx = findCompiler();
  // An addon that was built here before serves on, should the compiler have gone.
  if ('found' in place && !cxx && refusal(folder) === undefined) return { ok: true, built: false };
  if (!('found' in place) || !cxx) return failed(lackSentence(missingParts(place)));
  try {
    const processor = processorName();
    const target = await targetFor(cxx, processor);
    const built = await carryOut({ cxx, oneDnn: place.found, processor, target, folder, sanitize, log });
    keepFailure(folder, undefined);
    return { ok: true, built };
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error);
    return failed(`${cxx} says "${firstError(details.replaceAll(`${source}/`, ''))}"; ${ANOTHER}`, details);
  }
}

/** What helps where the compiler does not take the sources. */
const ANOTHER = `try another compiler (\`CXX=clang++ ${setupCommand()}\`) or another oneDNN (\`ONEDNN_ROOT=FOLDER ${setupCommand()}\`)`;

/**
 * Builds for other machines, with the oneDNN that is found here. @throws Error with the compiler's text
 * @param {Release} release
 * @param {(line: string) => void} [log]
 * @returns {Promise<import('./oneDnn.mjs').OneDnn>} the copy that it was linked with
 */
export async function buildRelease(release, log = () => {}) {
  const place = findOneDnn();
  if (!('found' in place)) throw new Error(place.reason);
  const { cxx, processor, folder } = release;
  const target = await targetFor(cxx, processor);
  await carryOut({ cxx, oneDnn: place.found, processor, target, folder, sanitize: false, release, log });
  return place.found;
}

/** @param {Plan} plan */
async function carryOut(plan) {
  const { cxx, oneDnn, target, folder, log } = plan;
  const options = compileFlags(oneDnn, plan);
  const shared = hash(
    cxx,
    target.macros,
    versionText(oneDnn),
    ...options,
    ...sources('.h').map((name) => readFileSync(join(source, name))),
  );
  const objects = sources('.cc').map((name) => {
    const object = join(folder, `${name.replaceAll(/[\\/]/g, '-').slice(0, -3)}.o`);
    return { name, object, key: hash(shared, readFileSync(join(source, name))) };
  });
  const current = Object.fromEntries(objects.map(({ name, key }) => [name, key]));
  const links = linkFlags(oneDnn, plan);
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
  const made = { addon: addonHash(folder), target: targetOf(plan), prefix: oneDnn.prefix, whole, objects: current };
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
function targetOf({ processor, target, sanitize, release }) {
  const { platform, arch, model, instructions } = thisMachine();
  const used = usedInstructions(target.macros);
  if (release) return { ...release.machine, model: processor, instructions: used };
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
