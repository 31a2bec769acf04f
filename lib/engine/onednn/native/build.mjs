// Builds the oneDNN addon: one object file a source, compiled when its inputs changed, linked into build/iekd.node.
// Plain JavaScript without dependencies at load, because set-up runs it before anything else is there. Node's own headers come
// from the npm package node-api-headers: no header download, no Python, no make.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, 'src');
const out = join(here, 'build');
export const addonPath = join(out, 'iekd.node');
const stampPath = join(out, 'stamp.json');
const header = 'oneapi/dnnl/dnnl.hpp';

/** Folders that may hold oneDNN, the user's own choice first. */
function prefixes() {
  const named = ['ONEDNN_ROOT', 'DNNL_ROOT', 'CONDA_PREFIX'].map((name) => process.env[name]).filter(Boolean);
  return [...named, '/usr', '/usr/local', '/opt/homebrew'];
}

/** The prefix under which oneDNN's C++ header lies, or undefined. */
export function findOneDnn() {
  return prefixes().find((prefix) => existsSync(join(prefix, 'include', header)));
}

/** A C++ compiler that answers, or undefined. */
export function findCompiler() {
  const wanted = [process.env.CXX, 'g++', 'clang++'].filter(Boolean);
  return wanted.find((cxx) => spawnSync(cxx, ['--version'], { stdio: 'ignore' }).status === 0);
}

/** What the machine's processor is: an addon built for one is not trusted on another. */
export function machine() {
  return `${process.platform} ${process.arch} ${cpus()[0]?.model ?? 'unknown processor'}`;
}

const hash = (...parts) => parts.reduce((h, part) => h.update(part), createHash('sha256')).digest('hex');

function flags(prefix) {
  const require = createRequire(import.meta.url);
  const headers = [require('node-api-headers').include_dir, dirname(require.resolve('node-addon-api'))];
  const include = [...headers, ...(prefix === '/usr' ? [] : [join(prefix, 'include')])].map((folder) => `-I${folder}`);
  return [
    '-std=c++17',
    '-O3',
    '-march=native',
    '-fno-math-errno',
    '-fno-trapping-math',
    '-fPIC',
    '-fopenmp',
    '-Wall',
    '-Wextra',
    '-Wno-unknown-pragmas',
    // Another compiler's new warning must not cost a user the engine; here it must not pass unseen.
    ...(process.env.CI ? ['-Werror'] : []),
    '-DNAPI_VERSION=8',
    '-DNAPI_CPP_EXCEPTIONS',
    '-DNODE_GYP_MODULE_NAME=iekd',
    '-DBUILDING_NODE_EXTENSION',
    ...include,
  ]; // prettier-ignore
}

function linkFlags(prefix) {
  const lib = join(prefix, 'lib');
  const found = prefix === '/usr' ? [] : [`-L${lib}`, `-Wl,-rpath,${lib}`];
  const dynamic = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return [...dynamic, '-fopenmp', ...found, '-ldnnl'];
}

function listFiles(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** Runs a compiler; rejects with what it printed. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(text.trim() || `${command} ended with ${code}`))));
  });
}

async function compileAll(jobs) {
  const queue = [...jobs];
  const worker = async () => {
    for (let job = queue.shift(); job; job = queue.shift()) await job();
  };
  await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, worker));
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampPath, 'utf8'));
  } catch {
    return {};
  }
}

/**
 * Builds what is not up to date.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ ok: boolean, built: boolean, reason?: string }>} never throws: `reason` says what is missing
 */
export async function build({ log = () => {} } = {}) {
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
  if (!cxx && readStamp().machine === machine() && existsSync(addonPath)) return { ok: true, built: false };
  if (!cxx) return { ok: false, built: false, reason: 'no C++ compiler was found (Debian and Ubuntu: apt-get install g++)' };
  try {
    return { ok: true, built: await buildWith(cxx, prefix, log) };
  } catch (error) {
    return { ok: false, built: false, reason: `the addon did not compile: ${error.message}` };
  }
}

async function buildWith(cxx, prefix, log) {
  const options = flags(prefix);
  const shared = hash(machine(), cxx, ...options, ...listFiles(source, '.h').map((name) => readFileSync(join(source, name))));
  const objects = listFiles(source, '.cc').map((name) => {
    const object = join(out, `${name.replaceAll(/[\\/]/g, '-').slice(0, -3)}.o`);
    return { name, object, key: hash(shared, readFileSync(join(source, name))) };
  });
  const stamp = readStamp();
  const current = Object.fromEntries(objects.map(({ name, key }) => [name, key]));
  const whole = hash(JSON.stringify(current), ...linkFlags(prefix));
  if (stamp.whole === whole && existsSync(addonPath)) return false;
  log('Compiling the oneDNN addon (once) …');
  mkdirSync(out, { recursive: true });
  const stale = objects.filter(({ name, key, object }) => stamp.objects?.[name] !== key || !existsSync(object));
  rmSync(stampPath, { force: true });
  await compileAll(
    stale.map(
      ({ name, object }) =>
        () =>
          run(cxx, [...options, '-c', join(source, name), '-o', object]),
    ),
  );
  const temporary = `${addonPath}.${process.pid}`;
  await run(cxx, [...objects.map(({ object }) => object), ...linkFlags(prefix), '-o', temporary]);
  renameSync(temporary, addonPath);
  writeFileSync(stampPath, JSON.stringify({ whole, machine: machine(), objects: current }, null, 1));
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await build({ log: (line) => process.stdout.write(`${line}\n`) });
  if (!result.ok) {
    process.stderr.write(`${result.reason}\n`);
    process.exitCode = 1;
  }
}
