/** Looks for an adapter, once: a GPU, a program that plays one, or the reason why there is neither. */
import { installCommand } from '../../util/package/ownPackage';
import { DAWN, type DawnPackage, explainLoad, type Gpu, type GpuAdapter, type GpuAdapterInfo, loadDawn } from './dawn';
import type { DawnTurns } from './exclusiveTurns';
import { hasGpuDevice, type LinuxSystem, linux, vulkanUnavailable } from './vulkan';

export const TFJS_BACKEND = '@tensorflow/tfjs-backend-webgpu';

/** What the search goes through; tests put their own in. */
export interface AdapterSystem {
  readonly platform: NodeJS.Platform;
  readonly linux: LinuxSystem;
  /** Whether a package is installed; nothing of it is loaded. */
  installed(name: string): boolean;
  loadDawn(): Promise<DawnPackage>;
}

export interface FoundAdapter {
  readonly dawn: DawnPackage;
  readonly gpu: Gpu;
  readonly adapter: GpuAdapter;
}

export const system: AdapterSystem = {
  platform: process.platform,
  linux,
  installed(name) {
    try {
      require.resolve(name);
      return true;
    } catch {
      return false;
    }
  },
  loadDawn,
};

/** Why there can be no GPU here, found without loading anything; undefined where there may be one. */
export function withoutGpu({ platform, linux: on, installed }: AdapterSystem): string | undefined {
  const missing = missingPackages(installed);
  if (missing) return missing;
  if (platform === 'linux' && !hasGpuDevice(on)) return 'this machine shows no GPU (/dev/dri/renderD*, /dev/nvidia*)';
  return undefined;
}

/** The adapter that is fastest by Dawn's own order, or why there is none. */
export async function findAdapter(
  from: AdapterSystem,
  turns: DawnTurns,
): Promise<FoundAdapter | { readonly unavailable: string }> {
  const before = missingPackages(from.installed) ?? (from.platform === 'linux' ? vulkanUnavailable(from.linux) : undefined);
  if (before) return { unavailable: before };
  try {
    const dawn = await from.loadDawn();
    const gpu = dawn.create([]);
    const adapter = await turns.during(() => gpu.requestAdapter({ powerPreference: 'high-performance' }));
    if (adapter) return { dawn, gpu, adapter };
    return { unavailable: 'Dawn finds no adapter that it can use: the driver is missing, broken or too old; see environment.md' };
  } catch (error) {
    return { unavailable: explainLoad(error) };
  }
}

function missingPackages(installed: AdapterSystem['installed']): string | undefined {
  const missing = [DAWN, TFJS_BACKEND].filter((name) => !installed(name));
  if (missing.length === 0) return undefined;
  const what = missing.length === 1 ? 'the optional package' : 'the optional packages';
  return `${what} ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed; run ${installCommand(missing)}`;
}

/** Programs that play a GPU on the processor, by the names that they give themselves. */
const SOFTWARE = /swiftshader|llvmpipe|lavapipe|software|basic render/i;

/** Whether an adapter is a program instead of a GPU. */
export function isSoftware({ vendor, architecture, device, description, isFallbackAdapter }: GpuAdapterInfo): boolean {
  return isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' '));
}

/** `NVIDIA H200`, as far as the adapter says it. */
export function nameOf({ vendor, architecture, device, description }: GpuAdapterInfo): string {
  return description || device || [vendor, architecture].filter(Boolean).join(' ') || 'unnamed adapter';
}
