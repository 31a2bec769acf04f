/** What a measurement of engines depends on, as far as it is seen without loading any: processor, GPU and driver, programs, versions. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { dirname, join } from 'node:path';
import { LIBRARY, libraryVersion } from '../../util/package/ownPackage';
import { processorName } from '../../util/processorName.cjs';

/** Names and texts; another one of any makes another measurement. */
export type MachineFacts = Readonly<Record<string, unknown>>;

/** Where Linux tells of GPUs and their drivers: NVIDIA's version and cards, everybody's cards, Vulkan's drivers. */
const TEXTS = ['/proc/driver/nvidia/version'];
const FOLDERS: readonly (readonly [folder: string, file: string])[] = [
  ['/proc/driver/nvidia/gpus', 'information'],
  ['/sys/class/drm', 'device/uevent'],
];
const DRIVERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/dev/dri'];
/** They hide GPUs, or choose among drivers. */
const VARIABLES = ['CUDA_VISIBLE_DEVICES', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'IEKD_ADDON_FOLDER'];
/** Programs of the engines, each with what is compiled of it here. */
const PACKAGES: readonly (readonly [name: string, built?: string])[] = [
  ['@tensorflow/tfjs'],
  ['@tensorflow/tfjs-backend-wasm'],
  ['@tensorflow/tfjs-backend-webgpu'],
  ['webgpu'],
  ['@tensorflow/tfjs-node-gpu', 'lib'],
];

export function machineFacts(): MachineFacts {
  const listed = FOLDERS.flatMap(([folder, file]) => names(folder).map((name) => textOf(join(folder, name, file))));
  return {
    library: libraryVersion(),
    node: process.versions.node,
    system: [process.platform, process.arch, release()].join(' '),
    processor: [processorName(), availableParallelism()],
    graphics: [...TEXTS.map(textOf), ...listed, ...DRIVERS.map(names)],
    variables: VARIABLES.map((name) => process.env[name] ?? null),
    packages: PACKAGES.map(([name, built]) => packageFacts(name, built)),
    addon: changed(addonPath()),
  };
}

/** Its version, and when what was built of it has changed; null where it is not installed. */
function packageFacts(name: string, built: string | undefined): unknown {
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { version } = require(manifest) as { version: string };
    const folder = built === undefined ? undefined : join(dirname(manifest), built);
    const inside = folder === undefined ? [] : names(folder).map((entry) => changed(join(folder, entry, 'tfjs_binding.node')));
    return [name, version, ...inside];
  } catch {
    return null;
  }
}

/** Where the addon of the engine onednn is looked for first. */
function addonPath(): string {
  const { addonFolder, addonPath: within } = require(join(LIBRARY, 'engine/onednn/native/stamp.cjs')) as {
    addonFolder(): string;
    addonPath(folder: string): string;
  };
  return within(addonFolder());
}

/** Names in a folder, sorted; none where there is none. */
function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Size and time of a file; null where there is none. */
function changed(file: string): unknown {
  const found = statSync(file, { throwIfNoEntry: false });
  return found ? [found.size, found.mtimeMs] : null;
}
