/** Conditions of breakpoints: which visits stop, and the expression that V8 is given. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runInThisContext } from 'node:vm';
import { type ConditionParts, conditionOf } from 'iekd/dist/kernel/debugger/breakpoints/breakpointCondition';
import { hitExpression } from 'iekd/dist/kernel/debugger/breakpoints/hitCondition';

/** Visits of 1 to 6 that stop. */
const VISITS: readonly (readonly [string, readonly number[]])[] = [
  ['3', [3]],
  ['= 3', [3]],
  ['===3', [3]],
  ['> 3', [4, 5, 6]],
  ['>=3', [3, 4, 5, 6]],
  ['< 3', [1, 2]],
  ['<= 3', [1, 2, 3]],
  ['% 3', [3, 6]],
  ['0', []],
];

let last = 0;
describe('hit conditions', () => {
  for (const [text, visits] of VISITS) {
    it(text, () => {
      const expression = hitExpression(text, ++last);
      assert.deepEqual(
        [1, 2, 3, 4, 5, 6].filter(() => runInThisContext(expression)),
        visits,
      );
    });
  }
  for (const text of ['', 'three', '% 0', '-1', '3 +', '> > 3']) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const message = `hitCondition: expected a number, alone or after =, >, >=, <, <= or %, received ${JSON.stringify(text)}`;
      assert.throws(() => hitExpression(text, 0), { message });
    });
  }
});

/** The parts, and their expression. */
const EXPRESSIONS: readonly (readonly [ConditionParts, string | undefined])[] = [
  [{}, undefined],
  [{ condition: 'a > 1' }, '(a > 1\n)'],
  [{ logMessage: 'at {i}' }, '(console.log("at %s", (i\n)), false)'],
  [{ logMessage: '100 % of {a} {b}' }, '(console.log("100 %% of %s %s", (a\n), (b\n)), false)'],
  [{ condition: 'a', hits: 'n++ > 2', logMessage: 'an open {' }, '(a\n) && n++ > 2 && (console.log("an open {"), false)'],
];

describe('conditions', () => {
  for (const [parts, expected] of EXPRESSIONS) {
    it(JSON.stringify(parts), () => assert.equal(conditionOf(parts), expected));
  }
  it('refuses what is no expression', () => {
    const message = "condition: expected an expression of JavaScript, received if (x): Unexpected token 'if'";
    assert.throws(() => conditionOf({ condition: 'if (x)' }), { message });
  });
});
