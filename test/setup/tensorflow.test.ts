/** What `npm run setup -- --tensorflow` does, step by step, and what it says where a step fails. npm, apt-get, pip and compiler are played. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { inFolder, load } from './load';

interface System {
  readonly platform: NodeJS.Platform;
  hasNvidiaDriver(): boolean;
  packageFolder(): string | undefined;
  restorePackages(): Promise<void>;
  findCompiler(): string | undefined;
  aptAllowed(): boolean;
  aptInstall(packages: readonly string[]): Promise<string | undefined>;
  findWheel(own: string, log: unknown, driver: boolean): Promise<string>;
  buildBinding(plan: { folder: string; wheel: string; cxx: string }): Promise<{ version: string; gpu: boolean }>;
}
interface TensorflowSetup {
  ensureTensorflow(root: string, log: (line: string) => void, system: System): Promise<void>;
}
interface WheelModule {
  pipFailure(code: number, output: string): string;
  findWheel(own: string, log: (line: string) => void, driver: boolean): Promise<string>;
}

const loadWheel = (): Promise<WheelModule> => load<WheelModule>('tensorflowWheel');

interface Scene {
  readonly platform?: NodeJS.Platform;
  readonly package?: 'there' | 'restored' | 'missing';
  readonly compiler?: 'there' | 'brought' | 'missing' | 'apt fails';
  readonly wheelFails?: string;
  readonly gpu?: boolean;
}

function play({ platform = 'linux', package: npm = 'there', compiler = 'there', wheelFails, gpu = false }: Scene): {
  system: System;
  calls: string[];
} {
  const calls: string[] = [];
  const did = (call: string): boolean => calls.some((line) => line.startsWith(call));
  const system: System = {
    platform,
    hasNvidiaDriver: () => gpu,
    packageFolder: () => (npm === 'there' || (npm === 'restored' && did('npm')) ? '/package' : undefined),
    async restorePackages() {
      calls.push('npm');
    },
    findCompiler: () => (compiler === 'there' || (compiler === 'brought' && did('apt')) ? 'g++' : undefined),
    aptAllowed: () => compiler === 'brought' || compiler === 'apt fails',
    async aptInstall(packages) {
      calls.push(`apt ${packages.join(' ')}`);
      return compiler === 'brought' ? undefined : 'E: no';
    },
    async findWheel(own, _, driver) {
      if (wheelFails) throw new Error(wheelFails);
      calls.push(`wheel ${own.slice(own.indexOf('.setup'))} ${driver}`);
      return '/wheel';
    },
    async buildBinding({ folder, wheel, cxx }) {
      calls.push(`${cxx} ${folder} ${wheel}`);
      return { version: '2.21.0', gpu };
    },
  };
  return { system, calls };
}

const BUILT = ['wheel .setup/tensorflow false', 'g++ /package /wheel'];
const SUCCESS: readonly (readonly [string, Scene, readonly string[], readonly string[]])[] = [
  ['all is there', {}, BUILT, ['the engine tensorflow can be used: TensorFlow 2.21.0 on the processor']],
  [
    'beside a driver',
    { gpu: true },
    ['wheel .setup/tensorflow true', 'g++ /package /wheel'],
    ['the engine tensorflow can be used: TensorFlow 2.21.0 on a GPU'],
  ],
  [
    'package and compiler are brought',
    { package: 'restored', compiler: 'brought' },
    ['npm', 'apt g++', ...BUILT],
    [
      'installing g++ with apt-get (IEKD_NO_APT=1 forbids it) …',
      'the engine tensorflow can be used: TensorFlow 2.21.0 on the processor',
    ],
  ],
];
const NO_PACKAGE =
  'the package @tensorflow/tfjs-node-gpu is not installed; run `npm install --ignore-scripts @tensorflow/tfjs-node-gpu@4.22.0` and this again';
const NO_COMPILER = 'no C++ compiler was found; install one (`apt-get install g++`) or name it: CXX';
const FAILURES: readonly (readonly [Scene, string])[] = [
  [{ platform: 'darwin' }, 'it is built on Linux only, this is darwin; use another engine'],
  [{ package: 'missing' }, NO_PACKAGE],
  [{ compiler: 'missing' }, NO_COMPILER],
  [{ compiler: 'apt fails' }, NO_COMPILER],
  [{ wheelFails: 'no wheel' }, 'no wheel'],
];

describe('ensureTensorflow', () => {
  for (const [name, scene, expected, said] of SUCCESS) {
    test(name, () =>
      inFolder({ 'package-lock.json': '{}' }, async (folder) => {
        const { system, calls } = play(scene);
        const lines: string[] = [];
        await (await load<TensorflowSetup>('tensorflow')).ensureTensorflow(folder, (line) => lines.push(line), system);
        assert.deepEqual([calls, lines], [expected, said]);
      }),
    );
  }
  for (const [scene, why] of FAILURES) {
    test(`${JSON.stringify(scene)}: ${why}`, () =>
      inFolder({}, async (folder) => {
        const { ensureTensorflow } = await load<TensorflowSetup>('tensorflow');
        const message = `the engine tensorflow is not built: ${why}`;
        await assert.rejects(
          ensureTensorflow(folder, () => undefined, play(scene).system),
          { message },
        );
      }));
  }
});

const OTHER = "or unpack TensorFlow's wheel by other means and name its folder: IEKD_TENSORFLOW=FOLDER";
const PIP: readonly (readonly [number, string, string])[] = [
  [
    127,
    'spawn python3 ENOENT',
    `no python3 was found, by which TensorFlow is got; install it (\`apt-get install python3-pip\`), ${OTHER}`,
  ],
  [1, '/usr/bin/python3: No module named pip', `python3 has no pip; install it (\`apt-get install python3-pip\`), ${OTHER}`],
  [
    1,
    'ERROR: No matching distribution found for tensorflow-cpu==2.21.0',
    `pip finds no TensorFlow 2.21.0 for this python3 and machine; it is there for Python 3.10 to 3.13 on Linux: put one first in PATH, ${OTHER}`,
  ],
  [
    1,
    'a\nb\nERROR: no route',
    `pip could not install TensorFlow:\na\nb\nERROR: no route\nCheck the network and run it again, ${OTHER}`,
  ],
];
const WHEEL = ['include/tensorflow/c/eager/c_api.h', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** Makes a folder with a `tensorflow` of these files, and names it while `run` runs. */
function named(files: readonly string[], run: (folder: string, wheel: WheelModule) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    for (const file of files) {
      mkdirSync(dirname(join(folder, 'tensorflow', file)), { recursive: true });
      writeFileSync(join(folder, 'tensorflow', file), '');
    }
    const before = process.env['IEKD_TENSORFLOW'];
    process.env['IEKD_TENSORFLOW'] = folder;
    try {
      await run(folder, await loadWheel());
    } finally {
      if (before === undefined) delete process.env['IEKD_TENSORFLOW'];
      else process.env['IEKD_TENSORFLOW'] = before;
    }
  });
}

describe("TensorFlow's wheel", () => {
  for (const [code, output, expected] of PIP) {
    test(`pip: ${output}`, async () => assert.equal((await loadWheel()).pipFailure(code, output), expected));
  }
  test('the one that is named is taken', () =>
    named(WHEEL, async (folder, { findWheel }) =>
      assert.equal(await findWheel(join(folder, 'own'), assert.fail, false), join(folder, 'tensorflow')),
    ));
  test('one without its library is refused', () =>
    named(WHEEL.slice(0, 1), async (folder, { findWheel }) => {
      const lack = `TensorFlow in ${join(folder, 'tensorflow')} has no libtensorflow_cc.so.2; it is too old or another build (2.21.0 is tried)`;
      await assert.rejects(findWheel(join(folder, 'own'), assert.fail, false), { message: `IEKD_TENSORFLOW: ${lack}` });
    }));
  test('a folder of something else is refused, and not overwritten', () =>
    named([], async (folder, { findWheel }) => {
      const message = `IEKD_TENSORFLOW: expected a folder that holds tensorflow, received ${folder}`;
      await assert.rejects(findWheel(join(folder, 'own'), assert.fail, false), { message });
    }));
});
