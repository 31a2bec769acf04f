/** Requests about sources: cells by the path of their code, files that are loaded, and the breakpoints in both. */

import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { refusePhrase } from '../../../util/check';
import type { JsonObject } from '../../messages';
import type { CellSources } from '../cellSources';
import { optionalInteger, type RequestHandlers, sourcePathIn } from '../debugAdapterProtocol';
import type { DebugConnection } from '../debugConnection';
import type { DebuggedScripts } from '../debuggedScripts';
import { sourceText } from '../sourceText';

export function sourceRequests({ scripts, breakpoints }: DebugConnection, sources: CellSources): RequestHandlers {
  return {
    setBreakpoints: async (args) => {
      const path = sourcePathIn('setBreakpoints', args['source']);
      return { breakpoints: await breakpoints.set(path, args['breakpoints']) };
    },
    source: (args) => {
      const path = sourcePathIn('source', args['source']);
      const [script] = scripts.showing(path);
      const content = sources.codeOf(path) ?? (script && sourceText(script, path, sources));
      if (content === undefined) throw refusePhrase('source', 'a source whose code is loaded', path);
      return { content };
    },
    modules: (args) =>
      loadedModules(
        scripts,
        optionalInteger('modules startModule', args['startModule']),
        optionalInteger('modules moduleCount', args['moduleCount']),
      ),
  };
}

/** Sources of the files that are loaded, but for installed packages. Their maps are read for it: nothing else is to wait for that long. */
async function loadedModules(scripts: DebuggedScripts, start = 0, count = 0): Promise<JsonObject> {
  const paths = new Set<string>();
  for (const [i, script] of scripts.all().entries()) {
    if (script.cell === undefined && !script.url.includes('/node_modules/'))
      for (const source of script.positions().sources) paths.add(source);
    if (i % 20 === 19) await setImmediate();
  }
  const modules = [...paths].map((path, id) => ({ id, name: basename(path), path }));
  return { modules: modules.slice(start, count === 0 ? undefined : start + count), totalModules: modules.length };
}
