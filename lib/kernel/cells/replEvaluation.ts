/**
 * Runs a cell's script in V8's REPL mode: `let` and `const` may be declared again by later scripts, `await` stands anywhere at the
 * top level, and variables are as quick as in a file. https://chromedevtools.github.io/devtools-protocol/v8/Runtime/#method-evaluate
 *
 * The script is started inside a `vm.Script` with `breakOnSigint`, so that SIGINT ends its synchronous part.
 */
import { type Runtime, Session } from 'node:inspector';
import { promiseHooks } from 'node:v8';
import { Script } from 'node:vm';

/** How a script ended. */
export type Evaluated = { readonly threw: false } | { readonly threw: true; readonly thrown: unknown };

export interface ReplEvaluation {
  /** Resolves when the script has ended, with what it threw itself: not a copy, the object. */
  evaluate(script: string): Promise<Evaluated>;
}

/** Where the scripts of this file find its functions. */
const DOOR = Symbol.for('jupyter.kernel.evaluation');
const START = 'globalThis[Symbol.for("jupyter.kernel.evaluation")].start()';
const HAND_OVER = 'function (thrown) { globalThis[Symbol.for("jupyter.kernel.evaluation")].take(thrown) }';

const ignore = (): void => undefined;

interface Door {
  start(): void;
  take(thrown: unknown): void;
}

/** One for a process. */
export function replEvaluation(): ReplEvaluation {
  const session = new Session();
  session.connect();
  const starting = new Script(START, { filename: 'kernel-start.js' });
  const door: Door = { start: () => undefined, take: ignore };
  Object.defineProperty(globalThis, DOOR, { value: door });
  let count = 0;

  /** The value itself of one that the inspector describes. */
  function objectOf(remote: Runtime.RemoteObject, objectGroup: string): unknown {
    const { objectId, unserializableValue, type } = remote;
    if (objectId === undefined) return unserializableValue === undefined ? remote.value : plain(type, unserializableValue);
    let value: unknown;
    door.take = (thrown) => {
      value = thrown;
    };
    session.post('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: HAND_OVER,
      arguments: [{ objectId }],
      objectGroup,
    });
    door.take = ignore; // not a function of here, which would keep the value
    return value;
  }

  function evaluate(expression: string): Promise<Evaluated> {
    const objectGroup = `cell ${count++}`;
    let release = ignore;
    const ended = new Promise<Evaluated>((resolve) => {
      door.start = () => {
        release = holdFirstPromise();
        session.post('Runtime.evaluate', { expression, objectGroup, replMode: true, awaitPromise: true }, (error, result) => {
          const details = (result as Runtime.EvaluateReturnType | undefined)?.exceptionDetails;
          // Later: where the synchronous part was interrupted, that is what counts.
          queueMicrotask(() => {
            if (error) resolve({ threw: true, thrown: error });
            else if (!details) resolve({ threw: false });
            else resolve({ threw: true, thrown: details.exception && objectOf(details.exception, objectGroup) });
          });
        });
      };
      try {
        starting.runInThisContext({ breakOnSigint: true });
      } catch (thrown) {
        resolve({ threw: true, thrown });
      }
    });
    return ended.finally(() => {
      release();
      session.post('Runtime.releaseObjectGroup', { objectGroup });
    });
  }
  return { evaluate };
}

/** Promises of scripts that have not ended. */
const held = new Set<Promise<unknown>>();

/**
 * Keeps the next promise that is made here, a script's own, from being collected: a script that awaits what nobody can settle any more
 * would otherwise end by "Promise was collected", and on Node 22 the process with it, since V8 answers in the middle of a collection.
 * @returns lets it go
 */
function holdFirstPromise(): () => void {
  let first: Promise<unknown> | undefined;
  const stop = promiseHooks.onInit((promise) => {
    first = promise;
    held.add(promise);
    stop();
  }) as () => void;
  return () => {
    stop();
    if (first) held.delete(first);
  };
}

/** Numbers and large integers that JSON cannot hold. */
function plain(type: string, text: string): unknown {
  return type === 'bigint' ? BigInt(text.slice(0, -1)) : Number(text);
}
