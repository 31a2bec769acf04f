/** Lines of a cell from positions in its JavaScript. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellLine } from 'iekd/dist/kernel/cellLines';

const SOURCE = `import { refuse } from 'iekd';

interface Thing { size: number }
// a comment with words: refuse, size
const text: string = \`two
lines\`;
function look(thing: Thing): never {

  if (thing.size > 3) throw refuse('look', "more", thing.size);
  return look({
    size: thing.size + 1,
  });
}
look({ size: 1 });`;

/** As tslab 1.0.22 makes it. */
const OUTPUT = `Object.defineProperty(exports, "__esModule", { value: true });
exports.text = exports.look = exports.refuse = exports.tsLastExpr = void 0;
const iekd_1 = require("iekd");
Object.defineProperty(exports, "refuse", { enumerable: true, get: function () { return iekd_1.refuse; } });
// a comment with words: refuse, size
const text = \`two
lines\`;
exports.text = text;
function look(thing) {
    if (thing.size > 3)
        throw (0, iekd_1.refuse)('look', "more", thing.size);
    return look({
        size: thing.size + 1,
    });
}
exports.look = look;
exports.tsLastExpr = look({ size: 1 });`;

describe('cell lines', () => {
  const cases: readonly (readonly [number, string, number | undefined])[] = [
    [6, 'text', 5],
    [10, 'thing.size >', 9],
    [11, 'throw', 9],
    [11, '(0, iekd_1', 9],
    [11, 'thing.size', 9],
    [12, 'look', 10],
    [13, 'thing', 11],
    [14, '}', 12],
    [17, 'look', 14],
    [17, '{ size', 14],
  ];
  for (const [line, word, expected] of cases) {
    it(`line ${line} at ${JSON.stringify(word)} is line ${expected}`, () => {
      const column = (OUTPUT.split('\n')[line - 1] ?? '').indexOf(word) + 1;
      assert.ok(column > 0);
      assert.equal(cellLine(SOURCE, OUTPUT, line, column), expected);
    });
  }
  it('is none below the cell', () => assert.equal(cellLine(SOURCE, OUTPUT, 18, 3), undefined));
  it('is none for a cell too long to align', () => {
    const long = 'a;'.repeat(5000);
    assert.equal(cellLine(long, long, 1, 1), undefined);
  });
});
