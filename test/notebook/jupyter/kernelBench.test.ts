/** Which installed kernels are measured beside ours, and what is refused. The measures themselves: `iekd bench --work kernel`. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { installKernel } from 'iekd/dist/notebook/jupyter/installedKernels';
import { benchKernels, otherKernels } from 'iekd/dist/notebook/jupyter/kernelBench';

describe('kernels that are measured beside ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'iekd-kernels-'));
  after(() => rmSync(folder, { recursive: true }));
  const install = (data: string, name: string, text: string): void => {
    mkdirSync(join(folder, data, 'kernels', name), { recursive: true });
    writeFileSync(join(folder, data, 'kernels', name, 'kernel.json'), text);
  };
  const kernel = (language: string): string => JSON.stringify({ argv: [language, '{connection_file}'], language });

  it('are those of a known language, each name once, without our own and what cannot be read', () => {
    install('user', 'deno', kernel('typescript'));
    install('user', 'julia', kernel('julia'));
    install('user', 'broken', '{');
    install('system', 'deno', kernel('TypeScript'));
    install('system', 'python3', kernel('Python'));
    installKernel(join(folder, 'system'), { name: 'ours' });
    const found = otherKernels(['user', 'system', 'absent'].map((data) => join(folder, data)));
    assert.deepEqual(
      found.map(({ name, argv, language }) => [name, argv[0], language]),
      [
        ['deno', 'typescript', 'typescript'],
        ['python3', 'Python', 'Python'],
      ],
    );
  });

  for (const [options, text] of [
    [{ rounds: 0 }, 'benchKernels: rounds: expected an integer from 1, received 0'],
    [
      { round: 1 },
      'benchKernels: expected options among folder, rounds, lines, onKernel, received "round"; did you mean "rounds"?',
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      await assert.rejects(benchKernels([], options as object), { name: 'InputError', message: text });
    });
  }
});
