/**
 * What Linux must have before Dawn is asked for an adapter: a Vulkan loader and a driver. Dawn would look for them too, but write
 * lines of warnings to stderr where there are none.
 */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { libraryAdvice } from './dawn';

/** What the checks read of the machine; tests put their own in. */
export interface LinuxSystem {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names in a folder; none where there is no such folder. */
  list(folder: string): readonly string[];
  /** Whether the dynamic linker finds a shared library. */
  finds(library: string): boolean;
}

export const linux: LinuxSystem = {
  environment: process.env,
  list(folder) {
    try {
      return readdirSync(folder);
    } catch {
      return [];
    }
  },
  finds(library) {
    try {
      process.dlopen({ exports: {} }, library);
    } catch (error) {
      // A library that is there is opened, and refused for not being an addon.
      return !String((error as Error).message).includes('cannot open shared object file');
    }
    return true;
  },
};

/** Device files by which Linux shows a GPU that can compute: Mesa's drivers, NVIDIA's, and Windows' under WSL. */
const DEVICES: readonly (readonly [string, RegExp])[] = [
  ['/dev/dri', /^renderD\d+$/],
  ['/dev', /^nvidia\d+$/],
  ['/dev', /^dxg$/],
];

/** Whether there is a GPU to be driven, whatever the drivers. */
export function hasGpuDevice({ list }: LinuxSystem): boolean {
  return DEVICES.some(([folder, name]) => list(folder).some((entry) => name.test(entry)));
}

/** Why Vulkan cannot work here, with the next step. */
export function vulkanUnavailable(system: LinuxSystem): string | undefined {
  if (!system.finds('libvulkan.so.1')) return `there is no Vulkan loader (libvulkan.so.1); ${libraryAdvice('libvulkan.so.1')}`;
  if (hasDriver(system)) return undefined;
  return "there is no Vulkan driver; install the GPU's: NVIDIA's own, or `apt-get install mesa-vulkan-drivers` (Debian, Ubuntu)";
}

/** Whether a driver is registered in one of the places that the Vulkan loader looks at. */
function hasDriver({ environment, list }: LinuxSystem): boolean {
  if (environment['VK_DRIVER_FILES'] || environment['VK_ICD_FILENAMES'] || environment['VK_ADD_DRIVER_FILES']) return true;
  const home = environment['HOME'] ?? homedir();
  const folders = [
    environment['XDG_CONFIG_HOME'] || join(home, '.config'),
    ...(environment['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':'),
    '/etc',
    '/usr/local/etc',
    environment['XDG_DATA_HOME'] || join(home, '.local/share'),
    ...(environment['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':'),
  ];
  return folders.some((folder) => list(join(folder, 'vulkan/icd.d')).some((name) => name.endsWith('.json')));
}
