/** The optional package `webgpu`, Dawn for Node: what we use of it, how it is loaded, and why it may not load. */

export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
}

export interface GpuBuffer {
  readonly size: number;
  readonly mapState: 'unmapped' | 'pending' | 'mapped';
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
}

/** What tfjs makes wrong, and what the GPU has no memory for, arrives here. */
export interface GpuErrorEvent {
  readonly error: { readonly message: string };
  preventDefault(): void;
}

export interface GpuDevice {
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(type: 'uncapturederror', listener: (event: GpuErrorEvent) => void): void;
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly features: { has(name: string): boolean };
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(descriptor: object): Promise<GpuDevice>;
}

export interface Gpu {
  requestAdapter(options: { readonly powerPreference: 'high-performance' }): Promise<GpuAdapter | null>;
}

export interface DawnPackage {
  create(options: readonly string[]): Gpu;
  /** Classes and constants that a browser has globally: `GPUBuffer`, `GPUMapMode`, … */
  readonly globals: Readonly<Record<string, unknown>>;
}

export const DAWN = 'webgpu';

/** Loads the package; a module of its own kind (ESM) that Node's `require` takes too. */
export async function loadDawn(): Promise<DawnPackage> {
  return (await import(DAWN)) as DawnPackage;
}

/** Debian's names of what the addon links with. */
const DEBIAN: Readonly<Record<string, string>> = {
  'libvulkan.so.1': 'libvulkan1',
  'libX11.so.6': 'libx11-6',
  'libX11-xcb.so.1': 'libx11-xcb1',
  'libxcb.so.1': 'libxcb1',
  'libstdc++.so.6': 'libstdc++6',
};

/** The command that brings a shared library, where we know it. */
export function libraryAdvice(library: string): string {
  const name = DEBIAN[library];
  return name ? `run \`apt-get install ${name}\` (Debian, Ubuntu)` : `install what brings ${library}`;
}

/** Why the package did not load, with the next step. */
export function explainLoad(error: unknown): string {
  const first = String((error as Error).message).split('\n')[0] ?? '';
  const library = /^(\S+): cannot open shared object file/.exec(first)?.[1];
  if (library) return `the package ${DAWN} needs ${library}; ${libraryAdvice(library)}`;
  const version = /version `(\S+)' not found/.exec(first)?.[1];
  if (version) return `the package ${DAWN} is built for a newer system (it needs ${version}); see environment.md`;
  if (/Cannot find module .*dawn\.node/.test(first)) {
    return `the package ${DAWN} has no addon for ${process.platform} on ${process.arch}; use another engine`;
  }
  return `the package ${DAWN} does not load (${first}); see environment.md`;
}
