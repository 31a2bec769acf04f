/** What the set-up finds on a system, and what it tells a user who lacks something. */
import assert from 'node:assert/strict';
import { chmodSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { inFolder, load } from './load';

interface NodeModule {
  nodeObstacle(version: string): string | undefined;
}
interface OneDnn {
  aptAllowed(): boolean;
}
interface Found {
  readonly command: string;
  readonly application: string;
  readonly major: number;
}
interface JupyterModule {
  findJupyter(path: string): Promise<Found | undefined>;
  jupyterEnvironment(root: string, env: Readonly<Record<string, string>>): Record<string, string>;
  jupyterArguments(root: string, jupyter: Omit<Found, 'command'>, isRoot: boolean): string[];
}
interface Processes {
  run(command: string, args: readonly string[], options?: { timeoutMs?: number }): Promise<{ code: number; output: string }>;
}

describe('nodeObstacle', () => {
  const table: readonly (readonly [string, boolean])[] = [
    ['20.19.0', true],
    ['20.19.5', true],
    ['20.20.2', true],
    ['22.0.0', true],
    ['20.18.3', false],
    ['18.20.4', false],
    ['9.99.99', false],
  ];
  for (const [version, fine] of table) {
    test(`${version} ${fine ? 'runs' : 'does not'}`, async () => {
      const { nodeObstacle } = await load<NodeModule>('node');
      const sentence = `expected Node 20.19.0 or newer, received ${version} (${process.execPath}); get it from https://nodejs.org`;
      assert.equal(nodeObstacle(version), fine ? undefined : sentence);
    });
  }
});

test('IEKD_NO_APT=1 forbids apt-get', async () => {
  const before = process.env.IEKD_NO_APT;
  process.env.IEKD_NO_APT = '1';
  try {
    assert.equal((await load<OneDnn>('onednn')).aptAllowed(), false);
  } finally {
    if (before === undefined) delete process.env.IEKD_NO_APT;
    else process.env.IEKD_NO_APT = before;
  }
});

test('run reports exit status and output, a missing program and a late one', async () => {
  const { run } = await load<Processes>('processes');
  const code = "console.log('out'); console.error('err'); process.exitCode = 3;";
  const finished = await run(process.execPath, ['-e', code]);
  assert.equal(finished.code, 3);
  assert.deepEqual(finished.output.trim().split('\n').sort(), ['err', 'out']);
  assert.equal((await run('/no/such/program', [])).code, 127);
  assert.equal((await run(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { timeoutMs: 100 })).code, 124);
});

/** A `jupyter` that has the given applications. */
function jupyter(versions: Readonly<Record<string, string>>): string {
  const cases = Object.entries(versions).map(([name, version]) => `${name}) echo ${version};;`);
  return `#!/bin/sh\ncase "$1" in\n${cases.join('\n')}\n*) echo "not found" >&2; exit 1;;\nesac\n`;
}

const windows = process.platform === 'win32' && 'the stand-ins are shell scripts';

describe('findJupyter', { skip: windows }, () => {
  const table: readonly (readonly [string, string[], Omit<Found, 'command'> | undefined, number])[] = [
    ['none', [], undefined, -1],
    ['a shim with nothing behind it', [jupyter({})], undefined, -1],
    ['lab before notebook', [jupyter({ lab: '4.2.5', notebook: '7.2.1' })], { application: 'lab', major: 4 }, 0],
    ['the classic notebook', [jupyter({ notebook: '6.4.12' })], { application: 'notebook', major: 6 }, 0],
    ['a working one behind a shim', [jupyter({}), jupyter({ notebook: '7.0.0' })], { application: 'notebook', major: 7 }, 1],
  ];
  for (const [name, scripts, expected, at] of table) {
    test(name, () =>
      inFolder(Object.fromEntries(scripts.map((script, i) => [`${i}/jupyter`, script])), async (given) => {
        const folder = realpathSync(given);
        const commands = scripts.map((_, i) => join(folder, String(i), 'jupyter'));
        for (const command of commands) chmodSync(command, 0o755);
        const { findJupyter } = await load<JupyterModule>('jupyter');
        const found = await findJupyter(scripts.map((_, i) => join(folder, String(i))).join(delimiter));
        assert.deepEqual(found, expected && { command: commands[at], ...expected });
      }),
    );
  }
});

describe('jupyter is opened', () => {
  test('with everything it writes inside the project', async () => {
    const { jupyterEnvironment } = await load<JupyterModule>('jupyter');
    const env = jupyterEnvironment('/project', { JUPYTER_DATA_DIR: '/home/me/.jupyter', LANG: 'C' });
    const own = Object.entries(env).filter(([name]) => name !== 'LANG');
    assert.deepEqual(
      own.filter(([, value]) => !value.startsWith(join('/project'))),
      [],
    );
    assert.equal(env.LANG, 'C');
  });

  const table: readonly (readonly [string, number, boolean, RegExp[]])[] = [
    ['lab', 4, false, [/^--ServerApp\.root_dir=\/project$/, /^--LabApp\.default_url=\/lab\/tree\/notebooks$/]],
    ['notebook', 7, false, [/^--ServerApp\.root_dir=\/project$/, /^--JupyterNotebookApp\.default_url=\/tree\/notebooks$/]],
    [
      'notebook',
      6,
      true,
      [/^--NotebookApp\.notebook_dir=\/project$/, /^--NotebookApp\.default_url=\/tree\/notebooks$/, /^--allow-root$/],
    ],
  ];
  for (const [application, major, isRoot, expected] of table) {
    test(`${application} ${major}${isRoot ? ', as root' : ''}, on this machine only`, async () => {
      const { jupyterArguments } = await load<JupyterModule>('jupyter');
      const args = jupyterArguments('/project', { application, major }, isRoot);
      for (const pattern of [/^--ip=127\.0\.0\.1$/, ...expected])
        assert.ok(
          args.some((a) => pattern.test(a)),
          `${pattern} in ${args.join(' ')}`,
        );
      assert.equal(args.includes('--allow-root'), isRoot);
    });
  }
});
