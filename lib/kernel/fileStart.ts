/**
 * How a local TypeScript file waits for its breakpoints: it begins with a `debugger` statement, at which V8 halts while a debugger is
 * attached and has nothing to do else. (V8 can halt before any script that has a source map, but not before one that Node wraps into a
 * function, as it does with CommonJS.) The line has no other code, so the file's source map stays true.
 */

/** What the compiler begins each file with. */
const STRICT = '"use strict";';

/** Column of the statement, in the first line; from 0. */
export const FILE_START = STRICT.length;

export function waitingForBreakpoints(code: string): string {
  return code.startsWith(`${STRICT}\n`) ? `${STRICT}debugger;${code.slice(FILE_START)}` : code;
}
