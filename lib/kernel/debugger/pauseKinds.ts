/** What V8 has paused for, by where it stands. */

import type { Debugger } from 'node:inspector';
import { FILE_START } from '../fileStart';
import type { PausedFrame } from './callStack';
import type { DebuggedScript, DebuggedScripts } from './debuggedScripts';

type Paused = Debugger.PausedEventDataType;

export const isException = ({ reason }: Paused): boolean => reason === 'exception' || reason === 'promiseRejection';

/** A local file that stands at the statement by which it waits for its breakpoints. */
export function fileThatWaits(top: PausedFrame | undefined): DebuggedScript | undefined {
  const { lineNumber, columnNumber } = top?.frame.location ?? {};
  return top?.script.cell === undefined && lineNumber === 0 && columnNumber === FILE_START ? top?.script : undefined;
}

/** In code that is not shown. V8 steps into Node's, whatever it is told of it. */
export function isElsewhere(event: Paused, scripts: DebuggedScripts): boolean {
  const ids = event.callFrames.map(({ location }) => location.scriptId);
  return isKernels(ids, scripts) || (!isException(event) && scripts.byId(ids[0] ?? '') === undefined);
}

/**
 * Whether the kernel itself is at work, by its own code or by what that calls of the library: not code of the user. A file that a cell
 * imports is called by Node.
 * @param ids scripts of the frames, the innermost first
 */
function isKernels(ids: readonly string[], scripts: DebuggedScripts): boolean {
  const first = ids.findIndex((id) => scripts.byId(id) !== undefined || scripts.isHidden(id)); // after Node's
  const caller = ids.slice(first).find((id) => scripts.byId(id)?.cell !== undefined || scripts.byId(id) === undefined);
  return caller !== undefined && scripts.isHidden(caller);
}
