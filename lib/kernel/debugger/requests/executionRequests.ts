/** Requests about threads, steps and exceptions. */

import { nameIn, refuse, refusePhrase } from '../../../util/check';
import type { JsonObject } from '../../messages';
import { type RequestHandlers, THREAD } from '../debugAdapterProtocol';
import type { DebugConnection } from '../debugConnection';

/** `setExceptionBreakpoints` filters, as `initialize` offers them. */
export const EXCEPTION_FILTERS = [
  { filter: 'uncaught', label: 'Uncaught exceptions', description: 'Stops where no code of yours catches it', default: false },
  { filter: 'all', label: 'All exceptions', description: 'Stops also where a try would catch it', default: false },
] as const;

export function executionRequests({ exceptions, execution }: DebugConnection): RequestHandlers {
  return {
    threads: () => ({ threads: [{ id: THREAD, name: 'main' }] }),
    continue: async () => {
      await execution.run('resume');
      return { allThreadsContinued: true };
    },
    next: () => stepped(execution.run('stepOver')),
    stepIn: () => stepped(execution.run('stepInto')),
    stepOut: () => stepped(execution.run('stepOut')),
    pause: () => stepped(execution.pause()),
    setExceptionBreakpoints: async ({ filters }) => {
      if (!Array.isArray(filters)) throw refuse('setExceptionBreakpoints filters', 'a list of filters', filters);
      const known = EXCEPTION_FILTERS.map(({ filter }) => filter);
      const wanted = filters.map((filter: unknown) => nameIn('setExceptionBreakpoints filters', known, filter));
      await exceptions.set(wanted.includes('all') ? 'all' : wanted.includes('uncaught') ? 'uncaught' : 'none');
      return { breakpoints: wanted.map(() => ({ verified: true })) };
    },
    exceptionInfo: () => {
      const exception = execution.stop()?.exception;
      if (exception === undefined) throw refusePhrase('exceptionInfo', 'a cell stopped at an exception', 'none');
      const { className: typeName = exception.type, description = String(exception.value) } = exception;
      const message = description.split('\n', 1)[0] ?? '';
      const details = { typeName, message, stackTrace: description };
      return { exceptionId: typeName, description: message, breakMode: 'always', details };
    },
  };
}

async function stepped(step: Promise<void>): Promise<JsonObject> {
  await step;
  return {};
}
