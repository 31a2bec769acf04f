/**
 * Pausing, stepping and running on. V8 steps by statements; a step here ends on another line of TypeScript, or in another frame: until
 * then it is repeated. Where V8 pauses for us alone (a file to set breakpoints in, code of the kernel), main runs on unseen.
 */

import type { Debugger, Runtime } from 'node:inspector';
import { refusePhrase } from '../../util/check';
import type { Breakpoints } from './breakpoints/breakpoints';
import { type PausedFrame, pausedFrames } from './callStack';
import { type SendEvent, THREAD } from './debugAdapterProtocol';
import type { DebuggedScript, DebuggedScripts } from './debuggedScripts';
import type { ExceptionStops } from './exceptionStops';
import type { InspectorClient } from './inspectorClient';
import { fileThatWaits, isElsewhere, isException } from './pauseKinds';
import { leave, type Step, type Stepping, stepFrom, stepOn } from './stepping';

/** A stop that the front end sees. */
export interface Stop {
  readonly reason: 'breakpoint' | 'step' | 'exception' | 'pause';
  readonly frames: readonly PausedFrame[];
  readonly hitBreakpointIds: readonly number[];
  readonly exception?: Runtime.RemoteObject;
}

export interface Execution {
  /** Undefined while main runs. */
  stop(): Stop | undefined;
  /** Throws where main is not stopped. */
  run(command: 'resume' | Step): Promise<void>;
  /** Stops at the next statement of the user's code, also of a later cell. */
  pause(): Promise<void>;
  /** Before a cell runs: stops at its first statement, where a pause was asked for while nothing ran. */
  prepare(script: DebuggedScript): Promise<void>;
  paused(event: Debugger.PausedEventDataType): void;
}

export interface ExecutionOptions {
  readonly client: InspectorClient;
  readonly scripts: DebuggedScripts;
  readonly breakpoints: Breakpoints;
  readonly exceptions: Pick<ExceptionStops, 'stops'>;
  readonly send: SendEvent;
  /** Called before main runs on: what belongs to the stop is released. */
  readonly onResume: () => Promise<void>;
}

export function createExecution({ client, scripts, breakpoints, exceptions, send, onResume }: ExecutionOptions): Execution {
  let stop: Stop | undefined;
  let depth = 0;
  let stepping: Stepping | undefined;
  let pausing = false;
  let lastFrame = 0;

  /** A pause that the front end is to see. */
  const stopOf = (event: Debugger.PausedEventDataType, frames: readonly PausedFrame[], hits: readonly number[]): Stop | Step => {
    const rest = { frames, hitBreakpointIds: hits };
    if (isException(event)) return { reason: 'exception', exception: event.data as Runtime.RemoteObject, ...rest };
    if (hits.length === 0 && stepping !== undefined) {
      return stepOn(stepping, frames[0], event.callFrames.length) ?? { reason: 'step', ...rest };
    }
    // Without a reason of ours: a `debugger` statement.
    return { reason: pausing && hits.length === 0 ? 'pause' : 'breakpoint', ...rest };
  };
  /** What a pause of V8 is to the front end; or how to go on, where it is nothing to it. */
  const judge = async (event: Debugger.PausedEventDataType): Promise<Stop | 'resume' | Step> => {
    const frames = pausedFrames(event.callFrames, scripts, () => ++lastFrame);
    const goOn = stepping?.command ?? 'resume';
    const waiting = fileThatWaits(frames[0]);
    if (waiting !== undefined) {
      await breakpoints.bind(waiting);
      return goOn;
    }
    const hits = breakpoints.hit(event.hitBreakpoints ?? []).map(({ id }) => id);
    if (hits.length > 0) return stopOf(event, frames, hits);
    if (isElsewhere(event, scripts)) return stepping === undefined ? 'resume' : leave(frames);
    if (isException(event) && !(await exceptions.stops(event, frames))) return goOn;
    return stopOf(event, frames, hits);
  };

  return {
    stop: () => stop,
    run: async (command) => {
      if (stop === undefined) throw refusePhrase(command, 'a cell that is stopped', 'one that runs, or none');
      stepping = command === 'resume' ? undefined : stepFrom(command, stop.frames[0], depth);
      stop = undefined;
      await onResume();
      send('continued', { threadId: THREAD, allThreadsContinued: true }); // before the next stop, whatever is quicker
      await client.post(`Debugger.${command}`);
    },
    pause: async () => {
      pausing = true;
      await client.post('Debugger.pause');
    },
    prepare: async ({ url }) => {
      // V8's own pause would end in the kernel's code, which runs first.
      if (pausing) await client.post('Debugger.setBreakpointByUrl', { url, lineNumber: 0 });
    },
    paused: (event) => {
      const judged = async (): Promise<void> => {
        const verdict = await judge(event);
        if (typeof verdict === 'string') {
          if (verdict === 'resume') stepping = undefined;
          await client.post(`Debugger.${verdict}`);
          return;
        }
        [stop, depth, stepping, pausing] = [verdict, event.callFrames.length, undefined, false];
        const { reason, hitBreakpointIds, exception } = verdict;
        const text = exception?.description?.split('\n', 1)[0];
        const body = { reason, threadId: THREAD, allThreadsStopped: true, hitBreakpointIds };
        send('stopped', text === undefined ? body : { ...body, text });
      };
      // A debugger that disconnects meanwhile lets main run on.
      judged().catch(() => client.post('Debugger.resume').catch(() => undefined));
    },
  };
}
