/**
 * Which file a specifier means. Packages are looked up once, what is local or was not found each time: it may be there now, be
 * it a file that was just saved or a package that was just installed.
 */
import { isBuiltin } from 'node:module';
import { dirname } from 'node:path';
import ts from 'typescript';
import { isOwnPackage, OWN_IMPORTER } from '../ownPackages';
import { isLocal } from './projectFiles';

export interface ModuleResolver {
  resolve(name: string, from: string, mode: ts.ResolutionMode): ts.ResolvedModuleWithFailedLookupLocations;
  /** What TypeScript knows of folders and their packages. */
  cache(): ts.ModuleResolutionCache;
  /** Local files with an import that led nowhere. */
  readonly unresolved: Set<string>;
}

const NOT_FOUND: ts.ResolvedModuleWithFailedLookupLocations = { resolvedModule: undefined };

export function createModuleResolver(folder: string, options: ts.CompilerOptions, host: ts.ModuleResolutionHost): ModuleResolver {
  const canonical = (name: string): string => (ts.sys.useCaseSensitiveFileNames ? name : name.toLowerCase());
  const newCache = (): ts.ModuleResolutionCache => ts.createModuleResolutionCache(folder, canonical, options);
  const packages = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>();
  const unresolved = new Set<string>();
  let cache = newCache();
  /** Not kept: the user may install another. */
  const own = (name: string, mode: ts.ResolutionMode): ts.ResolvedModuleWithFailedLookupLocations =>
    ts.resolveModuleName(name, OWN_IMPORTER.replaceAll('\\', '/'), options, host, undefined, undefined, mode);
  return {
    unresolved,
    cache: () => cache,
    resolve(name, from, mode) {
      const key = JSON.stringify([dirname(from), name, mode]);
      const kept = packages.get(key);
      if (kept) return kept;
      if (isBuiltin(name)) return NOT_FOUND; // declared in Node's types, and what Node takes before any package
      const known = /^\.\.?(\/|$)/.test(name) && isLocal(from) ? undefined : cache; // a local file may come and go
      const cached = ts.resolveModuleName(name, from, options, host, known, undefined, mode);
      if (cached.resolvedModule || !isLocal(from)) {
        if (!isLocal(cached.resolvedModule?.resolvedFileName ?? '.d.ts')) packages.set(key, cached);
        return cached;
      }
      const found = ts.resolveModuleName(name, from, options, host, undefined, undefined, mode);
      if (found.resolvedModule) cache = newCache();
      else unresolved.add(from);
      return found.resolvedModule || !isOwnPackage(name) ? found : own(name, mode);
    },
  };
}
