/** What is told of the name at `|`. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { openNotebook } from './replMode';

const CELL = `/** How fast.\n * @example config.rate */
const config = { rate: 3 };
/**
 * Adds.
 *
 * At length.
 * @param a first
 * @returns the sum
 */
function add(a: number, b = 2): number { return a + b; }
/** A network. */
class Net {
  /** Runs. */
  run(times: number): void {}
}
interface Options { name: string }
import { basename } from 'node:path';`;

const ADD = 'function add(a: number, b?: number): number';

/** Detail 0: the type and the first paragraph. */
const PLAIN: readonly (readonly [at: string, plain: string | undefined])[] = [
  ['con|fig', 'const config: {\n    rate: number;\n}\n\nHow fast.'],
  ['config|', 'const config: {\n    rate: number;\n}\n\nHow fast.'],
  ['config.ra|te', '(property) rate: number'],
  ['|add', `${ADD}\n\nAdds.`],
  ['add|(1)', `${ADD}\n\nAdds.`],
  ['add(|', 'add(a: number, b?: number): number\n\nAdds.'],
  ['add(1, |)', 'add(a: number, b?: number): number\n\nAdds.'],
  ['Net|', 'class Net\n\nA network.'],
  ['new Net().run|', '(method) Net.run(times: number): void\n\nRuns.'],
  ['const o: Options| = { name: "" }', 'interface Options'],
  ['Options|', 'interface Options'],
  ['/** Here. */\nfunction own() {}\nown|', 'function own(): void\n\nHere.'],
  ['const config = 5; config|', 'const config: 5'],
  [
    'display|',
    'function display(value: unknown, options?: DisplayOptions): DisplayHandle\n\nShows a value below the cell: HTML, pictures, figures and tables as what they are, all else as text.',
  ],
  ['"💥"; add|', `${ADD}\n\nAdds.`],
  ['nothing|', undefined],
  ['1 + |2', undefined],
  ['|', undefined],
  ['// add|', undefined],
];

describe('inspection', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  notebook.compile(CELL);
  const inspect = (at: string, detail: 0 | 1) => notebook.language.inspect(at.replace('|', ''), at.indexOf('|'), detail);
  for (const [at, plain] of PLAIN) it(JSON.stringify(at), () => assert.equal(inspect(at, 0)?.plain, plain));

  it('tells everything in plain text and in Markdown', () => {
    assert.deepEqual(inspect('add|', 1), {
      plain: `${ADD}\n\nAdds.\n\nAt length.\n\n@param a first\n@returns the sum`,
      markdown: `\`\`\`typescript\n${ADD}\n\`\`\`\n\nAdds.\n\nAt length.\n\n- *@param* a first\n- *@returns* the sum`,
    });
  });
  it('tells what a cell imported', () => {
    assert.match(
      inspect('basename|', 1)?.plain ?? '',
      /basename\(path: string, suffix\?: string\): string\n\nReturn the last portion/,
    );
  });
});
