/** The fast engine is got where it can be, and its lack is never a failure. Compiler and apt-get are played. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inFolder, load } from './load';

interface Part {
  readonly lack: string;
  readonly debian: string;
}
interface System {
  build(options: { log: (line: string) => void }): Promise<{ ok: boolean; built: boolean; reason?: string }>;
  missingParts(): Part[];
  aptAllowed(): boolean;
  aptInstall(packages: readonly string[]): Promise<string | undefined>;
}
interface EngineModule {
  ensureEngine(root: string, log: (line: string) => void, system: System): Promise<void>;
}

const ONEDNN: Part = { lack: 'oneDNN was not found', debian: 'libdnnl-dev' };
const COMPILER: Part = { lack: 'no C++ compiler was found', debian: 'g++' };

interface Scene {
  /** Missing before apt-get, and after it. */
  readonly missing: readonly Part[];
  readonly allowed?: boolean;
  readonly aptFails?: string;
  readonly compileFails?: string;
}

/** A machine on which apt-get, unless it fails, brings what is missing. */
function play({ missing, allowed = true, aptFails, compileFails }: Scene): { system: System; calls: string[] } {
  let lacking = [...missing];
  const calls: string[] = [];
  const system: System = {
    async build() {
      const reason = lacking[0] ? lacking[0].lack : compileFails;
      if (reason === undefined) calls.push('built');
      return reason === undefined ? { ok: true, built: true } : { ok: false, built: false, reason };
    },
    missingParts: () => lacking,
    aptAllowed: () => allowed,
    async aptInstall(packages) {
      calls.push(`apt ${packages.join(' ')}`);
      if (aptFails === undefined) lacking = [];
      return aptFails;
    },
  };
  return { system, calls };
}

const APT = 'installing libdnnl-dev and g++ with apt-get, for the fast engine (IEKD_NO_APT=1 forbids it) …';
const ON = 'going on with the portable engine: one thread, several times slower; the quickstart takes a fifth of its images';
const LACKS = 'the fast engine is not built: oneDNN was not found';
const TABLE: readonly (readonly [string, Scene, string[], readonly string[]])[] = [
  ['everything is there: built, silent', { missing: [] }, ['built'], []],
  ['apt-get brings it', { missing: [ONEDNN, COMPILER] }, ['apt libdnnl-dev g++', 'built'], [APT]],
  ['apt-get is not allowed', { missing: [ONEDNN], allowed: false }, [], [LACKS, ON]],
  ['no compiler either', { missing: [ONEDNN, COMPILER], allowed: false }, [], [LACKS, ON]],
  [
    'apt-get fails',
    { missing: [ONEDNN, COMPILER], aptFails: 'E: no' },
    ['apt libdnnl-dev g++'],
    [APT, 'apt-get failed:\nE: no', LACKS, ON],
  ],
  ['it does not compile', { missing: [], compileFails: 'error: x' }, [], ['the fast engine is not built: error: x', ON]],
];

async function ensure(folder: string, scene: Scene): Promise<{ calls: string[]; lines: string[] }> {
  const { system, calls } = play(scene);
  const lines: string[] = [];
  await (await load<EngineModule>('engine')).ensureEngine(folder, (line) => lines.push(line), system);
  return { calls, lines };
}

describe('ensureEngine', () => {
  for (const [name, scene, calls, lines] of TABLE) {
    test(name, () =>
      inFolder({}, async (folder) => {
        const done = await ensure(folder, scene);
        assert.deepEqual(done.calls, calls);
        assert.deepEqual(done.lines, lines);
      }),
    );
  }

  test('after a failure apt-get rests for a day', () =>
    inFolder({}, async (folder) => {
      const scene: Scene = { missing: [ONEDNN, COMPILER], aptFails: 'E: no' };
      await ensure(folder, scene);
      const memory = join(folder, '.setup', 'apt.json');
      assert.ok(existsSync(memory));
      assert.deepEqual((await ensure(folder, scene)).calls, []);
      writeFileSync(memory, JSON.stringify({ failedAt: Date.now() - 25 * 3600 * 1000 }));
      assert.deepEqual((await ensure(folder, scene)).calls, ['apt libdnnl-dev g++']);
      writeFileSync(memory, '{"failedAt":');
      assert.deepEqual((await ensure(folder, scene)).calls, ['apt libdnnl-dev g++']);
    }));
});
