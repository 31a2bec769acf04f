/**
 * Promises and timers as text. Since cells are asynchronous contexts, Node writes entries of its own into every promise, and `util.inspect`
 * lists them: `Promise { 5, [Symbol(async_id_symbol)]: 86, … }`; timers list all that Node knows of them. Wherever one is shown, that is
 * left out.
 */
import { type InspectOptionsStylized, inspect } from 'node:util';

/** Names of the symbols that Node's async hooks write under. */
const HOOKS = ['async_id_symbol', 'trigger_async_id_symbol', 'destroyed', 'kResourceStore'];

/** From now on, in this process. */
export function showPlainObjects(): void {
  const timer = setTimeout(() => undefined, 0);
  clearTimeout(timer);
  for (const [prototype, value] of [
    [Promise.prototype, promiseText],
    [Object.getPrototypeOf(timer) as object, timerText],
  ] as const) {
    Object.defineProperty(prototype, inspect.custom, { value, configurable: true, writable: true });
  }
}

/** The entries are taken out while the promise is looked at: nothing else runs meanwhile. */
function promiseText(this: object, depth: number, options: InspectOptionsStylized): string {
  const hooks = Object.getOwnPropertySymbols(this).filter(({ description = '' }) => HOOKS.includes(description));
  const kept = hooks.map((symbol) => [symbol, Reflect.get(this, symbol) as unknown] as const);
  try {
    for (const symbol of hooks) Reflect.deleteProperty(this, symbol);
    // Hidden, so that `inspect` shows the promise itself; what is in it still has its own way.
    const hidden = Reflect.defineProperty(this, inspect.custom, { value: undefined, configurable: true });
    return inspect(this, { ...options, depth, customInspect: hidden });
  } finally {
    Reflect.deleteProperty(this, inspect.custom);
    for (const [symbol, value] of kept) Reflect.set(this, symbol, value);
  }
}

/** `Timeout (400 ms)` */
function timerText(this: { readonly _idleTimeout?: unknown; readonly _repeat?: unknown; readonly _destroyed?: unknown }): string {
  const { _idleTimeout: ms, _repeat: again, _destroyed: over } = this;
  return over === true ? 'Timeout (over)' : `Timeout (${typeof again === 'number' ? 'every ' : ''}${String(ms)} ms)`;
}
