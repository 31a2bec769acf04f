// @ts-check
/**
 * What the processor of this machine is called. Node says "unknown" of many ARM processors, whose /proc/cpuinfo has numbers for a name.
 *
 * JavaScript, because the set-up writes it into the addon's stamp before anything is built. It needs Node only.
 */
'use strict';
const { readFileSync } = require('node:fs');
const { cpus } = require('node:os');

/** Who designed it: "CPU implementer" in /proc/cpuinfo. */
const DESIGNERS = new Map([
  ['0x41', 'ARM'],
  ['0x42', 'Broadcom'],
  ['0x43', 'Cavium'],
  ['0x46', 'Fujitsu'],
  ['0x48', 'HiSilicon'],
  ['0x4e', 'NVIDIA'],
  ['0x50', 'Applied Micro'],
  ['0x51', 'Qualcomm'],
  ['0x61', 'Apple'],
  ['0x6d', 'Microsoft'],
  ['0xc0', 'Ampere'],
]);

/** Designs of ARM ("CPU part") that servers and small boards have, the newest of which Node 20 has no name for. */
const DESIGNS = new Map([
  ['0xd03', 'Cortex-A53'],
  ['0xd08', 'Cortex-A72'],
  ['0xd0b', 'Cortex-A76'],
  ['0xd0c', 'Neoverse-N1'],
  ['0xd40', 'Neoverse-V1'],
  ['0xd49', 'Neoverse-N2'],
  ['0xd4f', 'Neoverse-V2'],
  ['0xd83', 'Neoverse-V3AE'],
  ['0xd84', 'Neoverse-V3'],
  ['0xd8e', 'Neoverse-N3'],
]);

/**
 * A name that says something, whatever the system tells.
 * @param {string} told Node's
 * @param {string} arch Node's name of the architecture
 * @param {string} cpuinfo the text of /proc/cpuinfo, empty where there is none
 */
function nameFrom(told, arch, cpuinfo) {
  const model = told.trim();
  if (model !== '' && model !== 'unknown') return model;
  /** @param {string} key */
  const field = (key) => new RegExp(`^${key}\\s*:\\s*(.*)$`, 'm').exec(cpuinfo)?.[1]?.trim().toLowerCase();
  const designer = DESIGNERS.get(field('CPU implementer') ?? '');
  if (designer === undefined) return `${arch} processor`;
  const part = field('CPU part') ?? '';
  const design = designer === 'ARM' ? DESIGNS.get(part) : undefined;
  if (design !== undefined) return `${designer} ${design}`;
  return part === '' ? `${designer} processor` : `${designer} processor, part ${part}`;
}

/** The text of /proc/cpuinfo; empty outside of Linux. */
function readCpuinfo() {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** What this machine's processor is called. */
function processorName() {
  return nameFrom(cpus()[0]?.model ?? '', process.arch, readCpuinfo());
}

module.exports = { nameFrom, processorName, readCpuinfo };
