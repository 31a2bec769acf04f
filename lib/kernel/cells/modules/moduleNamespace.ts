/**
 * What an import statement sees of a module, whatever kind it is: a namespace with `default` and names, as TypeScript's `esModuleInterop`
 * defines it. Modules compiled from ES modules are their own namespace; of others `default` is the whole of `module.exports`.
 */
import { types } from 'node:util';

const namespaces = new WeakMap<object, object>();

/** The same object for the same exports. */
export function moduleNamespace(exports: unknown): object {
  if ((typeof exports !== 'object' || exports === null) && typeof exports !== 'function') return { default: exports };
  if (types.isModuleNamespaceObject(exports) || Reflect.get(exports, '__esModule') === true) return exports;
  const known = namespaces.get(exports);
  if (known) return known;
  const made = namespaceOf(exports);
  namespaces.set(exports, made);
  return made;
}

/** Names follow the module, as live bindings do: own ones by getters, so that they can be listed, later and inherited ones by prototype. */
function namespaceOf(exports: object): object {
  const made: object = Object.create(exports);
  for (const name of Object.keys(exports)) {
    if (name === 'default') continue;
    Object.defineProperty(made, name, { enumerable: true, get: () => Reflect.get(exports, name) as unknown });
  }
  return Object.defineProperty(made, 'default', { enumerable: true, value: exports });
}
