/** Which adapter is found, what stands in the way of one, and what is not even tried; with systems that only pretend. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWebgpu } from 'iekd/dist/engine/webgpu';
import type { AdapterSystem } from 'iekd/dist/engine/webgpu/adapter';
import type { DawnPackage, GpuAdapter, GpuAdapterInfo } from 'iekd/dist/engine/webgpu/dawn';
import { linux } from 'iekd/dist/engine/webgpu/vulkan';

const TFJS = '@tensorflow/tfjs-backend-webgpu';
const GPU: GpuAdapterInfo = { vendor: 'nvidia', architecture: 'hopper', device: '', description: 'NVIDIA H200' };
const DRIVER = { '/usr/share/vulkan/icd.d': ['nvidia_icd.json'] };
const DEVICE = { '/dev': ['null', 'nvidia0'] };

interface Pretence {
  readonly platform?: NodeJS.Platform;
  readonly missing?: readonly string[];
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly loader?: boolean;
  readonly failure?: string;
  readonly adapter?: GpuAdapterInfo | null;
}

function dawn(info: GpuAdapterInfo | null): DawnPackage {
  const adapter = info && ({ info, features: new Set<string>(), limits: {} } as unknown as GpuAdapter);
  return { create: () => ({ requestAdapter: async () => adapter }), globals: {} };
}

/** A Linux machine with a GPU, unless told otherwise; `loads` counts how often Dawn was loaded. */
function pretend(p: Pretence): { system: AdapterSystem; loads: () => number } {
  const { folders = { ...DRIVER, ...DEVICE }, environment = {}, adapter = GPU } = p;
  let loads = 0;
  const system: AdapterSystem = {
    platform: p.platform ?? 'linux',
    linux: { environment: { HOME: '/home/me', ...environment }, list: (f) => folders[f] ?? [], finds: () => p.loader ?? true },
    installed: (name) => !p.missing?.includes(name),
    async loadDawn() {
      loads++;
      if (p.failure) throw new Error(p.failure);
      return dawn(adapter);
    },
  };
  return { system, loads: () => loads };
}

const NO_DRIVER =
  "there is no Vulkan driver; install the GPU's: NVIDIA's own, or `apt-get install mesa-vulkan-drivers` (Debian, Ubuntu)";

const reasons: readonly (readonly [title: string, pretence: Pretence, unavailable: string | undefined])[] = [
  ['a GPU', {}, undefined],
  ['a GPU of a Mac, whatever Linux would need', { platform: 'darwin', folders: {}, loader: false }, undefined],
  [
    'neither package',
    { missing: ['webgpu', TFJS] },
    `the optional packages webgpu and ${TFJS} are not installed; run \`npm install\``,
  ],
  ['one package', { missing: [TFJS] }, `the optional package ${TFJS} is not installed; run \`npm install\``],
  [
    'no loader',
    { loader: false },
    'there is no Vulkan loader (libvulkan.so.1); run `apt-get install libvulkan1` (Debian, Ubuntu)',
  ],
  ['no driver', { folders: DEVICE }, NO_DRIVER],
  ['a folder of drivers without one', { folders: { '/usr/share/vulkan/icd.d': ['README'] } }, NO_DRIVER],
  ['a driver in the home folder', { folders: { '/home/me/.local/share/vulkan/icd.d': ['a.json'] } }, undefined],
  [
    'a driver in a folder that XDG_DATA_DIRS names',
    { folders: { '/b/vulkan/icd.d': ['a.json'] }, environment: { XDG_DATA_DIRS: '/a:/b' } },
    undefined,
  ],
  ['a driver that VK_DRIVER_FILES names', { folders: {}, environment: { VK_DRIVER_FILES: '/x.json' } }, undefined],
  [
    'a shared library of Dawn is missing',
    { failure: 'libX11.so.6: cannot open shared object file: No such file or directory' },
    'the package webgpu needs libX11.so.6; run `apt-get install libx11-6` (Debian, Ubuntu)',
  ],
  [
    'a shared library that we do not know is missing',
    { failure: 'libodd.so.7: cannot open shared object file: No such file or directory' },
    'the package webgpu needs libodd.so.7; install what brings libodd.so.7',
  ],
  [
    'an old system',
    { failure: "/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by dawn.node)" },
    'the package webgpu is built for a newer system (it needs GLIBCXX_3.4.32); see environment.md',
  ],
  [
    'a processor that Dawn is not built for',
    { failure: "Cannot find module '/x/dist/linux-riscv64/dawn.node'\nRequire stack:" },
    `the package webgpu has no addon for ${process.platform} on ${process.arch}; use another engine`,
  ],
  ['anything else', { failure: 'odd\nstack' }, 'the package webgpu does not load (odd); see environment.md'],
  [
    'no adapter',
    { adapter: null },
    'Dawn finds no adapter that it can use: the driver is missing, broken or too old; see environment.md',
  ],
];

describe('webgpu can start, or says why not', () => {
  for (const [title, pretence, unavailable] of reasons) {
    it(title, async () => {
      const engine = createWebgpu(pretend(pretence).system);
      assert.equal(await engine.unavailable(), unavailable);
      if (unavailable === undefined) return;
      const message = `webgpu: expected an adapter, received none: ${unavailable}`;
      await assert.rejects(engine.start({ threads: 2 }), { message });
    });
  }
});

const ABSENT = 'this machine shows no GPU (/dev/dri/renderD*, /dev/nvidia*)';
const program = (name: string): string => `the only adapter is a program, ${name}; IEKD_ENGINE=webgpu uses it`;
const named = (info: Partial<GpuAdapterInfo>): GpuAdapterInfo => ({
  vendor: '',
  architecture: '',
  device: '',
  description: '',
  ...info,
});

const notPreferredReasons: readonly (readonly [
  title: string,
  pretence: Pretence,
  notPreferred: string | undefined,
  loads: number,
])[] = [
  ['an NVIDIA GPU', {}, undefined, 1],
  ['a GPU with one of Mesa’s drivers', { folders: { ...DRIVER, '/dev/dri': ['card0', 'renderD128'] } }, undefined, 1],
  ['Windows’ GPU under WSL', { folders: { ...DRIVER, '/dev': ['dxg'] } }, undefined, 1],
  ['Windows, where there are no such files', { platform: 'win32', folders: {} }, undefined, 1],
  ['no package', { missing: ['webgpu'] }, 'the optional package webgpu is not installed; run `npm install`', 0],
  ['no device', { folders: DRIVER }, ABSENT, 0],
  ['a screen without a GPU', { folders: { ...DRIVER, '/dev/dri': ['card0'] } }, ABSENT, 0],
  ['SwiftShader', { adapter: named({ architecture: 'swiftshader' }) }, program('swiftshader'), 1],
  ['llvmpipe', { adapter: named({ description: 'llvmpipe (LLVM 15)' }) }, program('llvmpipe (LLVM 15)'), 1],
  ['what calls itself a fallback', { adapter: named({ device: 'odd', isFallbackAdapter: true }) }, program('odd'), 1],
  ['a GPU whose driver does not work is left to `unavailable`', { adapter: null }, undefined, 1],
];

describe('webgpu is chosen by itself for a GPU only, and loads nothing where there is none', () => {
  for (const [title, pretence, notPreferred, loads] of notPreferredReasons) {
    it(title, async () => {
      const pretended = pretend(pretence);
      assert.equal(await createWebgpu(pretended.system).notPreferred?.(), notPreferred);
      assert.equal(pretended.loads(), loads);
    });
  }

  it('looks once, and says what it has found', async () => {
    const { system, loads } = pretend({ folders: DRIVER, adapter: named({ vendor: 'mesa', architecture: 'software' }) });
    const engine = createWebgpu(system);
    assert.equal(await engine.unavailable(), undefined);
    assert.equal(await engine.notPreferred?.(), program('mesa software'));
    await engine.unavailable();
    assert.equal(loads(), 1);
  });
});

describe('the real system', () => {
  it('asks the dynamic linker', { skip: process.platform !== 'linux' }, () => {
    assert.equal(linux.finds('libc.so.6'), true);
    assert.equal(linux.finds('libnobody.so.1'), false);
  });

  it('lists nothing in a folder that is not there', () => assert.deepEqual(linux.list('/no/such/folder'), []));
});
