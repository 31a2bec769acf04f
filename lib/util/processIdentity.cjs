// @ts-check
/**
 * Which process a number means, now and later: numbers are given away again, start anew with the machine, and in each container.
 * JavaScript, because the set-up needs it before anything is built. It needs Node only.
 */
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const { hostname } = require('node:os');

/**
 * `began`: when the process began, where the system tells. `boot`, `machine`, `space`: on Linux since when the machine runs, which one
 * it is, and in which container's numbers `pid` counts.
 * @typedef {{ readonly pid: number, readonly host: string, readonly began?: string | undefined, readonly boot?: string | undefined,
 *   readonly machine?: string | undefined, readonly space?: string | undefined }} ProcessIdentity
 */

/** @type {ProcessIdentity | undefined} */
let own;

/** Looked up once: it stays the same. @returns {ProcessIdentity} */
function thisProcess() {
  own ??= { pid: process.pid, host: hostname(), began: beginOf(process.pid), ...surroundings() };
  return own;
}

/**
 * Whether a process runs; undefined where that cannot be seen from here: on another machine, or in another container.
 * @param {ProcessIdentity} identity
 * @returns {boolean | undefined}
 */
function isRunning({ pid, host, began, boot, machine, space }) {
  if (host !== hostname()) return undefined;
  const here = surroundings();
  const known = boot !== undefined && here.boot !== undefined;
  if (known && boot !== here.boot) return machine !== undefined && machine === here.machine ? false : undefined;
  if (known && space !== here.space) return undefined;
  return runs(pid, began);
}

/** @type {Pick<ProcessIdentity, 'boot' | 'machine' | 'space'> | undefined} */
let around;

/** Looked up once: a process lives on one machine, in one container. */
const surroundings = () => {
  around ??= lookAround();
  return around;
};

/** @returns {Pick<ProcessIdentity, 'boot' | 'machine' | 'space'>} */
function lookAround() {
  const boot = attempt(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const machine = attempt(() => fs.readFileSync('/etc/machine-id', 'utf8').trim());
  const space = attempt(() => fs.readlinkSync('/proc/self/ns/pid'));
  return { ...(boot ? { boot } : {}), ...(machine ? { machine } : {}), ...(space ? { space } : {}) };
}

/**
 * @param {number} pid
 * @param {string | undefined} began
 */
function runs(pid, began) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EPERM') return false;
  }
  const now = beginOf(pid);
  return began === undefined || now === undefined || began === now;
}

/**
 * When a process began: on Linux in ticks since the machine did, on macOS as `ps` writes it; `ended` for one that nobody has waited
 * for; elsewhere undefined.
 * @param {number} pid
 */
function beginOf(pid) {
  if (process.platform === 'darwin')
    return attempt(() => execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], PS).trim() || undefined);
  return attempt(() => {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' '); // the name before it may hold anything
    return state === 'Z' || state === 'X' ? 'ended' : rest[18];
  });
}

/** @type {{ encoding: 'utf8', timeout: number, env: Record<string, string>, stdio: ('ignore' | 'pipe')[] }} */
const PS = { encoding: 'utf8', timeout: 5000, env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' }, stdio: ['ignore', 'pipe', 'ignore'] };

/**
 * @template T
 * @param {() => T} f
 * @returns {T | undefined}
 */
function attempt(f) {
  try {
    return f();
  } catch {
    return undefined;
  }
}

exports.thisProcess = thisProcess;
exports.isRunning = isRunning;
