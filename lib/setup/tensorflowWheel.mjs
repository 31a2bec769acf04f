// @ts-check
/**
 * TensorFlow's Python wheel, which has what the binding is compiled against: C headers and libtensorflow. It is the one that python3
 * imports, or one that pip brings into a folder of its own. Python only says where it is; nothing of TensorFlow is imported.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, tail } from './processes.mjs';

const REQUIREMENTS = join(dirname(fileURLToPath(import.meta.url)), 'tensorflowWheel.txt');

/** With CUDA's libraries, where there is a driver; as in REQUIREMENTS otherwise. pip compares files with its index's hashes. */
const WITH_CUDA = 'tensorflow[and-cuda]==2.21.0';

/** What the binding is linked with. */
export const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The search path without the working directory, in which a folder could have that name. */
const WHERE = `import importlib.util, sys
sys.path = [folder for folder in sys.path if folder]
found = importlib.util.find_spec('tensorflow')
print(*(found.submodule_search_locations or [])[:1] if found else [])`;

/**
 * What a wheel's folder lacks of what the binding needs.
 * @param {string} folder
 * @returns {string | undefined}
 */
function lackOf(folder) {
  const needed = [join('include', 'tensorflow', 'c', 'eager', 'c_api.h'), ...LIBRARIES];
  const missing = needed.find((file) => !existsSync(join(folder, file)));
  return missing && `TensorFlow in ${folder} has no ${missing}; it is too old or another build (2.21.0 is tried)`;
}

/** Where the TensorFlow is that python3 imports; undefined without one. */
async function importedWheel() {
  const { code, output } = await run('python3', ['-c', WHERE], { timeoutMs: 60_000 });
  const folder = code === 0 ? output.trim() : '';
  return folder && existsSync(folder) ? folder : undefined;
}

/**
 * Finds TensorFlow, or gets it with pip.
 * @param {string} own where pip puts it, when it is not told otherwise by IEKD_TENSORFLOW
 * @param {(line: string) => void} log
 * @param {boolean} driver whether there is an NVIDIA driver
 * @returns {Promise<string>} the folder of the package `tensorflow`
 * @throws Error with the next step
 */
export async function findWheel(own, log, driver) {
  const named = process.env.IEKD_TENSORFLOW;
  const target = named ? resolve(named) : own;
  const kept = join(target, 'tensorflow');
  const imported = named ? undefined : await importedWheel();
  for (const folder of [imported, kept]) {
    if (folder === undefined || !existsSync(folder)) continue;
    const lack = lackOf(folder);
    if (lack === undefined) return folder;
    if (named) throw new Error(`IEKD_TENSORFLOW: ${lack}`);
    log(lack);
  }
  if (named && existsSync(target))
    throw new Error(`IEKD_TENSORFLOW: expected a folder that holds tensorflow, received ${target}`);
  await getWheel(target, log, driver);
  const lack = lackOf(kept);
  if (lack) throw new Error(lack);
  return kept;
}

/**
 * @param {string} target
 * @param {(line: string) => void} log
 * @param {boolean} driver
 */
async function getWheel(target, log, driver) {
  const size = driver ? 'with CUDA, several GB' : '274 MB, unpacked 0.9 GB';
  log(`getting TensorFlow 2.21.0 with pip (${size}) …`);
  // Under another name until it is whole.
  const making = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  const what = driver ? [WITH_CUDA] : ['--no-deps', '--require-hashes', '-r', REQUIREMENTS];
  const options = ['-q', '--disable-pip-version-check', '--no-input', '--no-compile', '--only-binary', ':all:'];
  const { code, output } = await run('python3', ['-m', 'pip', 'install', ...options, '--target', making, ...what]);
  try {
    if (code !== 0) throw new Error(pipFailure(code, output));
    rmSync(target, { recursive: true, force: true });
    renameSync(making, target);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/**
 * Why pip brought nothing, with the next step.
 * @param {number} code
 * @param {string} output
 */
export function pipFailure(code, output) {
  const other = "or unpack TensorFlow's wheel by other means and name its folder: IEKD_TENSORFLOW=FOLDER";
  if (code === 127)
    return `no python3 was found, by which TensorFlow is got; install it (\`apt-get install python3-pip\`), ${other}`;
  if (/No module named pip/.test(output)) return `python3 has no pip; install it (\`apt-get install python3-pip\`), ${other}`;
  if (/No matching distribution/.test(output)) {
    return `pip finds no TensorFlow 2.21.0 for this python3 and machine; it is there for Python 3.10 to 3.13 on Linux: put one first in PATH, ${other}`;
  }
  return `pip could not install TensorFlow:\n${tail(output, 3)}\nCheck the network and run it again, ${other}`;
}
