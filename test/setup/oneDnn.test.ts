/** Where oneDNN is looked for, what is said where it is not, and how a processor is called: exact texts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { nameFrom } from 'iekd/dist/util/processorName.cjs';
import { inFolder, ROOT } from './load';

const NATIVE = join(ROOT, 'lib', 'engine', 'onednn', 'native');

async function native<T>(name: string): Promise<T> {
  return (await import(pathToFileURL(join(NATIVE, name)).href)) as T;
}

interface Part {
  readonly lack: string;
  readonly debian: string;
  readonly conda: string;
}
interface System {
  readonly platform: string;
  readonly arch: string;
  readonly release: string;
}
interface Parts {
  installCommand(parts: readonly Part[], system: System): string;
  lackSentence(parts: readonly Part[]): string;
}
interface Found {
  readonly found?: { readonly prefix: string; readonly include: string; readonly lib?: string };
  readonly reason?: string;
}
interface Finder {
  findOneDnn(last: string | undefined, env: Readonly<Record<string, string>>): Found;
}

const ONEDNN: Part = { lack: 'oneDNN was not found', debian: 'libdnnl-dev', conda: 'onednn' };
const COMPILER: Part = { lack: 'no C++ compiler was found', debian: 'g++', conda: 'cxx-compiler' };
const PIP = '`pip install onednn-cpu-gomp onednn-devel-cpu-gomp`';
const CONDA = '`conda install -c conda-forge onednn cxx-compiler`';

describe('installCommand names the way with root and the one without', () => {
  const table: readonly (readonly [string, string, string, readonly Part[], string])[] = [
    ['linux', 'x64', 'ID=debian\n', [ONEDNN], `\`sudo apt-get install -y libdnnl-dev\` or, without root, ${PIP}`],
    ['linux', 'x64', 'ID=debian\n', [ONEDNN, COMPILER], `\`sudo apt-get install -y libdnnl-dev g++\` or, without root, ${CONDA}`],
    [
      'linux',
      'arm64',
      'NAME="Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n',
      [ONEDNN],
      '`sudo apt-get install -y libdnnl-dev` or, without root, `conda install -c conda-forge onednn`',
    ],
    ['linux', 'x64', 'ID=fedora\n', [ONEDNN], `\`sudo dnf install onednn-devel gcc-c++\` or, without root, ${PIP}`],
    ['linux', 'x64', 'ID=nixos\n', [ONEDNN, COMPILER], CONDA],
    ['linux', 'x64', 'ID=nixos\n', [ONEDNN], PIP],
    ['darwin', 'arm64', '', [ONEDNN], '`brew install onednn` (and `xcode-select --install` for a compiler)'],
  ];
  for (const [platform, arch, release, parts, expected] of table) {
    test(`${platform} ${arch} ${release.trim().split('\n').at(-1)}, ${parts.length} missing`, async () => {
      const { installCommand } = await native<Parts>('parts.mjs');
      assert.equal(installCommand(parts, { platform, arch, release }), expected);
    });
  }
  test('the whole sentence', async () => {
    const { lackSentence } = await native<Parts>('parts.mjs');
    const text = lackSentence([ONEDNN, COMPILER]);
    assert.match(text, /^oneDNN was not found and no C\+\+ compiler was found; `.+`.*, then run `npm run setup`$/);
    assert.ok(text.length < 400, text);
  });
});

const HEADERS = { 'include/oneapi/dnnl/dnnl_version.h': '' };
const CONFIG = 'include/oneapi/dnnl/dnnl_config.h';

describe('findOneDnn', () => {
  const pip = { ...HEADERS, [CONFIG]: '#define DNNL_CPU_RUNTIME DNNL_RUNTIME_OMP\n', 'lib/libdnnl.so': '' };
  for (const name of ['ONEDNN_ROOT', 'CONDA_PREFIX', 'VIRTUAL_ENV']) {
    test(`below ${name}`, () =>
      inFolder(pip, async (prefix) => {
        const { found } = (await native<Finder>('oneDnn.mjs')).findOneDnn(undefined, { [name]: prefix });
        assert.deepEqual(found, { prefix, include: join(prefix, 'include'), lib: join(prefix, 'lib') });
      }));
  }
  test('where it was last time, when no variable names another', () =>
    inFolder({ ...HEADERS, 'lib64/libdnnl.so': '' }, async (prefix) => {
      const { found } = (await native<Finder>('oneDnn.mjs')).findOneDnn(prefix, {});
      assert.equal(found?.lib, join(prefix, 'lib64'));
    }));
  const passedOver: readonly (readonly [string, Record<string, string>])[] = [
    ['headers without a library', HEADERS],
    ['one for SYCL', { ...HEADERS, [CONFIG]: '#define DNNL_CPU_RUNTIME DNNL_RUNTIME_SYCL\n', 'lib/libdnnl.so': '' }],
    ['a folder without headers', { 'lib/libdnnl.so': '' }],
  ];
  for (const [name, files] of passedOver) {
    test(`${name} is passed over`, () =>
      inFolder(files, async (prefix) => {
        const result = (await native<Finder>('oneDnn.mjs')).findOneDnn(undefined, { ONEDNN_ROOT: prefix });
        assert.notEqual(result.found?.prefix, prefix);
      }));
  }
});

/** Takes every question, no source. */
const COMPILER_THAT_FAILS = `#!/bin/sh
case "$*" in *--version*|*-dM*) exit 0;; esac
echo "In file included from addon.cc:9:" >&2
echo "${join(NATIVE, 'src')}/dnnl.h:7:10: fatal error: oneapi/dnnl/dnnl.hpp: No such file or directory" >&2
echo "compilation terminated." >&2
exit 1
`;

test(
  'a compiler that does not take the sources: its first error is kept, and told by whoever asks for the engine',
  {
    skip: process.platform === 'win32' && 'the stand-in is a shell script',
  },
  () =>
    inFolder({ 'cxx.sh': COMPILER_THAT_FAILS, ...HEADERS, 'lib/libdnnl.so': '' }, (folder) => {
      const [cxx, built] = [join(folder, 'cxx.sh'), join(folder, 'built')];
      chmodSync(cxx, 0o755);
      const env = { ...process.env, CXX: cxx, ONEDNN_ROOT: folder, IEKD_ADDON_FOLDER: built, CI: '' };
      const { status, stderr } = spawnSync(process.execPath, [join(NATIVE, 'build.mjs')], { env, encoding: 'utf8' });
      const reason =
        `${cxx} says "dnnl.h:7:10: fatal error: oneapi/dnnl/dnnl.hpp: No such file or directory"; try another compiler ` +
        '(`CXX=clang++ npm run setup`) or another oneDNN (`ONEDNN_ROOT=FOLDER npm run setup`)';
      assert.deepEqual([status, stderr], [1, `${reason}\n`]);
      assert.match(readFileSync(join(built, 'failure.txt'), 'utf8'), /compilation terminated\./);
      const program = `console.log(require(${JSON.stringify(join(ROOT, 'lib/dist/engine/onednn/loader.js'))}).loadAddon().unavailable)`;
      const asked = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
      assert.equal(asked.stdout, `the oneDNN addon is not built: ${reason}\n`);
    }),
);

describe('a processor has a name, never "unknown"', () => {
  const graviton = 'CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd40\n';
  const table: readonly (readonly [string, string, string, string])[] = [
    ['AMD EPYC ', 'x64', '', 'AMD EPYC'],
    ['Apple M1', 'arm64', '', 'Apple M1'],
    ['unknown', 'arm64', graviton, 'ARM Neoverse-V1'],
    ['unknown', 'arm64', graviton.replace('0xd40', '0xfff'), 'ARM processor, part 0xfff'],
    ['', 'arm64', 'CPU implementer\t: 0x61\nCPU part\t: 0x022\n', 'Apple processor, part 0x022'],
    ['unknown', 'arm64', 'model name\t: AMD EPYC\n', 'arm64 processor'],
    ['unknown', 'riscv64', '', 'riscv64 processor'],
  ];
  for (const [told, arch, cpuinfo, expected] of table) {
    test(expected, () => assert.equal(nameFrom(told, arch, cpuinfo), expected));
  }
});

interface Processor {
  instructionsIn(cpuinfo: string, arch: string): Set<string> | undefined;
}

test("instruction sets are read for the program's architecture: an emulated one may see its host's", async () => {
  const { instructionsIn } = await native<Processor>('processor.cjs');
  const [x64, arm64] = ['flags\t\t: fpu avx2\n', 'Features\t: fp asimd\n'];
  assert.deepEqual(instructionsIn(x64, 'x64'), new Set(['fpu', 'avx2']));
  assert.deepEqual(instructionsIn(arm64, 'arm64'), new Set(['fp', 'asimd']));
  assert.equal(instructionsIn(x64, 'arm64'), undefined);
  assert.equal(instructionsIn('', 'riscv64'), undefined);
});
