// @ts-check
/**
 * Which instruction sets compiled code may use, and which ones this processor has. The model's name does not tell: in a cloud
 * "AMD EPYC" is a processor with AVX-512 on one machine and without on the next.
 */
'use strict';
const { processorName, readCpuinfo } = require('../../../util/processorName.cjs');

/** Sets that a compiler uses of its own accord: its macro, and Linux's name of the set in /proc/cpuinfo. */
const SETS = new Map([
  ['__SSE3__', 'pni'],
  ['__SSSE3__', 'ssse3'],
  ['__SSE4_1__', 'sse4_1'],
  ['__SSE4_2__', 'sse4_2'],
  ['__POPCNT__', 'popcnt'],
  ['__LZCNT__', 'abm'],
  ['__MOVBE__', 'movbe'],
  ['__BMI__', 'bmi1'],
  ['__BMI2__', 'bmi2'],
  ['__F16C__', 'f16c'],
  ['__FMA__', 'fma'],
  ['__AVX__', 'avx'],
  ['__AVX2__', 'avx2'],
  ['__AVXVNNI__', 'avx_vnni'],
  ['__AVX512F__', 'avx512f'],
  ['__AVX512BW__', 'avx512bw'],
  ['__AVX512CD__', 'avx512cd'],
  ['__AVX512DQ__', 'avx512dq'],
  ['__AVX512VL__', 'avx512vl'],
  ['__AVX512IFMA__', 'avx512ifma'],
  ['__AVX512VBMI__', 'avx512vbmi'],
  ['__AVX512VBMI2__', 'avx512_vbmi2'],
  ['__AVX512VNNI__', 'avx512_vnni'],
  ['__AVX512BITALG__', 'avx512_bitalg'],
  ['__AVX512VPOPCNTDQ__', 'avx512_vpopcntdq'],
  ['__AVX512BF16__', 'avx512_bf16'],
  ['__AVX512FP16__', 'avx512_fp16'],
  ['__AMX_TILE__', 'amx_tile'],
  ['__AMX_BF16__', 'amx_bf16'],
  ['__AMX_INT8__', 'amx_int8'],
  ['__ARM_NEON', 'asimd'],
  ['__ARM_FEATURE_ATOMICS', 'atomics'],
  ['__ARM_FEATURE_CRC32', 'crc32'],
  ['__ARM_FEATURE_DOTPROD', 'asimddp'],
  ['__ARM_FEATURE_FP16_VECTOR_ARITHMETIC', 'asimdhp'],
  ['__ARM_FEATURE_BF16_VECTOR_ARITHMETIC', 'bf16'],
  ['__ARM_FEATURE_MATMUL_INT8', 'i8mm'],
  ['__ARM_FEATURE_SVE', 'sve'],
  ['__ARM_FEATURE_SVE2', 'sve2'],
]);

/**
 * The sets that code may use, by Linux's names.
 * @param {string} macros what the compiler defines by itself (`-dM -E`)
 */
function usedInstructions(macros) {
  const defined = new Set(Array.from(macros.matchAll(/^#define (\w+)/gm), ([, name]) => name));
  return [...SETS].filter(([macro]) => defined.has(macro)).map(([, name]) => name);
}

/** Where /proc/cpuinfo has the sets. By architecture: an emulated program may read its host's. */
const KEYS = new Map([
  ['x64', 'flags'],
  ['ia32', 'flags'],
  ['arm64', 'Features'],
  ['arm', 'Features'],
]);

/**
 * The sets that a processor has.
 * @param {string} cpuinfo the text of /proc/cpuinfo
 * @param {string} arch
 * @returns {Set<string> | undefined} undefined where it does not tell
 */
function instructionsIn(cpuinfo, arch) {
  const key = KEYS.get(arch);
  const line = key && new RegExp(`^${key}\\s*:(.*)$`, 'm').exec(cpuinfo)?.[1];
  return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
}

/** @typedef {{ platform: string, arch: string, model: string, instructions: Set<string> | undefined }} Machine */

/** @returns {Machine} this one; its instructions are undefined where the system does not tell them, which is outside of Linux */
function thisMachine() {
  const { platform, arch } = process;
  return { platform, arch, model: processorName(), instructions: instructionsIn(readCpuinfo(), arch) };
}

module.exports = { instructionsIn, thisMachine, usedInstructions };
