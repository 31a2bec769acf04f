// @ts-check
/** Other programs, run without blocking this one: the set-up's lock has to be kept alive meanwhile. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Finished
 * @property {number} code exit status; 127 when the program could not be started, 124 when it ran out of time
 * @property {string} output what it wrote to stdout and stderr
 */

/**
 * Runs a program to its end. Never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options] show: pass its output on as it comes
 * @returns {Promise<Finished>}
 */
export function run(command, args, { cwd, env, show = false, timeoutMs } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let late = false;
    const timer = timeoutMs && setTimeout(() => (late = child.kill('SIGKILL')), timeoutMs);
    /** @param {NodeJS.WriteStream} to */
    const collect = (to) => (/** @type {Buffer} */ chunk) => {
      output += chunk;
      if (show) to.write(chunk);
    };
    child.stdout.on('data', collect(process.stdout));
    child.stderr.on('data', collect(process.stderr));
    /** @param {Finished} result */
    const finish = (result) => {
      clearTimeout(timer || undefined);
      resolve(result);
    };
    child.on('error', (error) => finish({ code: 127, output: `${output}${error.message}` }));
    child.on('close', (code) => finish({ code: late ? 124 : (code ?? 1), output }));
  });
}

/**
 * Every executable of this name on the search path, in order.
 * @param {string} name
 * @param {string} path
 * @returns {string[]}
 */
export function onPath(name, path = process.env.PATH ?? '') {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const candidates = path.split(delimiter).flatMap((folder) => (folder ? names.map((n) => join(folder, n)) : []));
  return [...new Set(candidates)].filter(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The end of a program's output, for a message.
 * @param {string} output
 * @param {number} lines
 */
export function tail(output, lines = 5) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}
