/**
 * Hit conditions of breakpoints: after how many visits one stops. The Debug Adapter Protocol leaves the notation to the debugger; ours
 * is that of VS Code's for JavaScript: `5` and `= 5` the fifth visit, `> 5`, `>= 5`, `< 5`, `<= 5`, `% 5` every fifth.
 */

import { refuse } from '../../../util/check';

const NOTATION = /^\s*(==?=?|>=?|<=?|%)?\s*(\d{1,9})\s*$/;

/** Visits are counted where V8 evaluates conditions: a pause for each would take milliseconds. */
const COUNTS = "(globalThis[Symbol.for('jupyter.kernel.breakpointVisits')] ??= {})";

/** An expression that counts a visit of a breakpoint and says whether it stops. Throws where the text is no hit condition. */
export function hitExpression(text: string, id: number): string {
  const [, operator = '=', digits] = NOTATION.exec(text) ?? [];
  const n = Number(digits);
  if (digits === undefined || (operator === '%' && n === 0)) {
    throw refuse('hitCondition', 'a number, alone or after =, >, >=, <, <= or %', text);
  }
  const visit = `(${COUNTS}[${id}] = (${COUNTS}[${id}] ?? 0) + 1)`;
  if (operator === '%') return `${visit} % ${n} === 0`;
  return `${visit} ${operator.startsWith('=') ? '===' : operator} ${n}`;
}
