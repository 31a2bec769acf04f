/** `iekd engines`: asked in a process of its own, whose complaints and end do no harm. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { probeEngines, probeWords } from 'iekd/dist/cli/commands/engineProbe';
import { measuredText } from 'iekd/dist/cli/commands/enginesCommand';
import type { EngineRow } from 'iekd/dist/engine/choice/engineRows';
import { iekd } from '../command';

const script = (code: string): string[] => ['-e', code];
const ROWS = [{ name: 'portable', available: true }];

describe('the probe', () => {
  test('keeps apart what the process answers and what drivers write', async () => {
    const code = `console.error('Warning: x'); console.error('Warning: x'); console.error('y'); console.log(${JSON.stringify(JSON.stringify(ROWS))})`;
    assert.deepEqual(await probeEngines(script(code)), { rows: ROWS, remarks: ['Warning: x', 'y'] });
  });
  const ended: readonly (readonly [string, string])[] = [
    ["console.error('libvulkan: no'); process.exit(3)", 'exit code 3: libvulkan: no'],
    ["process.kill(process.pid, 'SIGABRT')", 'SIGABRT'],
  ];
  for (const [code, received] of ended) {
    test(`says how it ended: ${received}`, () =>
      assert.rejects(probeEngines(script(code)), {
        message: `engines: expected the answer of a process that asks for them, received ${received}`,
      }));
  }
});

describe('iekd engines', () => {
  test('fits the terminal, whole reasons included', () => {
    for (const args of [[], ['--why'], ['--verbose']]) {
      const { code, stdout, stderr } = iekd(['engines', ...args], { COLUMNS: '60' });
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /^engine +usable +(images\/s +)?reason\n(─+ {2}){2,3}─+\ntensorflow /);
      for (const line of stdout.split('\n')) assert.ok(line.length <= 60, line);
    }
  });

  test('says which engine comes first, and when that was measured', () => {
    const measured = '2026-11-30T03:36:33.901Z';
    const rows: EngineRow[] = [
      { name: 'webgpu', available: true, imagesPerSecond: 247, measured },
      { name: 'onednn', available: true, imagesPerSecond: 1940, measured },
      { name: 'cpu', available: true },
    ];
    const text = measuredText(rows).join(' ').replaceAll('\n', ' ').trim();
    const order = 'onednn before webgpu. iekd engines --measure does it anew.';
    assert.equal(text, `Training a ResNet-8 on batches of 64, measured 2026-11-30 03:36 UTC: ${order}`);
    assert.deepEqual(measuredText(rows.slice(2)), []);
    assert.deepEqual(probeWords(true).slice(1), ['engines', '--probe', '--measure']);
  });
});
