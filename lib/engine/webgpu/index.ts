/**
 * The `webgpu` engine: tfjs's WebGPU backend over Dawn (Vulkan, Metal or Direct3D 12), both optional packages. Chosen by itself
 * where there is a GPU; a software adapter, which is slower than any other engine, only by name. It has every kernel that training
 * needs, in WGSL of our own for convolutions, fused ops, reductions and rectifiers (`kernels`), the rest tfjs's.
 */
import { useBackend } from '../abilities';
import type { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import type { Engine, StartedEngine } from '../types';
import {
  type AdapterSystem,
  type FoundAdapter,
  findAdapter,
  isSoftware,
  nameOf,
  system,
  TFJS_BACKEND,
  withoutGpu,
} from './adapter';
import { DAWN, type GpuAdapter, type GpuDevice } from './dawn';
import { DawnTurns } from './exclusiveTurns';
import { MOST_PROGRAMS, programCounter } from './programCounter';
import { ABILITIES, BACKEND, registerWebgpu } from './registerWebgpu';
import { createBackend, type WebgpuPackage } from './webgpuBackend';
import { registerFallbacks } from './webgpuFallbacks';

/** What tfjs's kernels may use up of an adapter's limits; the others stay at the least that WebGPU promises. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

function requestDevice(adapter: GpuAdapter): Promise<GpuDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = ['timestamp-query'].filter((name) => adapter.features.has(name)); // for tf.time
  return adapter.requestDevice({ requiredLimits, requiredFeatures });
}

/** Of kernels that run as plain JavaScript; there once the backend is registered. */
let counter: FallbackCounter | undefined;

/** Registers the backend, once a process. */
async function register({ dawn, gpu, adapter }: FoundAdapter, turns: DawnTurns): Promise<FallbackCounter> {
  if (counter) return counter;
  const tfjs = require(TFJS_BACKEND) as WebgpuPackage;
  const device = await turns.during(() => requestDevice(adapter));
  const { info } = adapter;
  const countProgram = programCounter(isSoftware(info) ? MOST_PROGRAMS : Number.POSITIVE_INFINITY);
  const backend = createBackend({ tfjs, dawn, gpu, device, info, turns, countProgram });
  tf.registerBackend(BACKEND, () => backend, 0);
  registerWebgpu();
  counter = registerFallbacks(BACKEND);
  return counter;
}

function versionOf({ info }: GpuAdapter): string {
  const { version } = require(`${DAWN}/package.json`) as { version: string };
  return `tfjs ${tf.version.tfjs}, Dawn ${version}, ${nameOf(info)}${isSoftware(info) ? ' (software)' : ''}`;
}

/** The engine; `from` is for tests. */
export function createWebgpu(from: AdapterSystem = system): Engine {
  const turns = new DawnTurns();
  let found: ReturnType<typeof findAdapter> | undefined;
  const find = (): ReturnType<typeof findAdapter> => {
    found ??= findAdapter(from, turns);
    return found;
  };
  return {
    name: 'webgpu',
    abilities: ABILITIES,
    async unavailable() {
      const result = await find();
      return 'unavailable' in result ? result.unavailable : undefined;
    },
    ruledOut: () => withoutGpu(from),
    async notPreferred() {
      const absent = found === undefined ? withoutGpu(from) : undefined; // what has been found already says more
      if (absent) return absent;
      const result = await find();
      if ('unavailable' in result || !isSoftware(result.adapter.info)) return undefined;
      return `the only adapter is a program, ${nameOf(result.adapter.info)}; IEKD_ENGINE=webgpu uses it`;
    },
    async start({ threads }): Promise<StartedEngine> {
      const result = await find();
      if ('unavailable' in result) throw new Error(`webgpu: expected an adapter, received none: ${result.unavailable}`);
      const fallbacks = await register(result, turns);
      await useBackend(BACKEND, ABILITIES);
      return {
        backend: BACKEND,
        threads, // the processor's, which stay free for whoever is compared with it
        version: versionOf(result.adapter),
        fallbacks: () => fallbacks.report(),
        resetFallbacks: () => fallbacks.reset(),
      };
    },
  };
}

export const webgpu: Engine = createWebgpu();
