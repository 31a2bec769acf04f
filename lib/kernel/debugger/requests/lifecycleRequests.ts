/** Requests that start and end the debugger, and those that tell of it while it is off. */

import type { JsonObject } from '../../messages';
import type { CellSources } from '../cellSources';
import { codeIn, type RequestHandlers, type SendEvent, THREAD } from '../debugAdapterProtocol';
import type { DebugLifecycle } from '../debugLifecycle';
import { EXCEPTION_FILTERS } from './executionRequests';

/** What a front end may offer, of what the protocol has. */
const CAPABILITIES = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  exceptionBreakpointFilters: EXCEPTION_FILTERS,
};

export function lifecycleRequests(lifecycle: DebugLifecycle, sources: CellSources, send: SendEvent): RequestHandlers {
  /** Main runs on, and so does the kernel: only its user ends it. */
  const disconnect = (): JsonObject => {
    const wasStarted = lifecycle.isStarted();
    lifecycle.close();
    if (wasStarted) send('terminated', {});
    return {};
  };
  return {
    debugInfo: () => ({
      isStarted: lifecycle.isStarted(),
      ...sources.info,
      breakpoints: lifecycle.attached()?.breakpoints.listed() ?? [],
      stoppedThreads: lifecycle.attached()?.execution.stop() === undefined ? [] : [THREAD],
      richRendering: true,
      exceptionPaths: [],
      copyToGlobals: true,
    }),
    dumpCell: (args) => ({ sourcePath: sources.dump(codeIn('dumpCell code', args['code'])) }),
    initialize: () => {
      lifecycle.initialize();
      return CAPABILITIES;
    },
    attach: async () => {
      await lifecycle.attach();
      send('thread', { reason: 'started', threadId: THREAD });
      send('initialized', {});
      return {};
    },
    configurationDone: () => ({}),
    disconnect,
    terminate: disconnect,
  };
}
