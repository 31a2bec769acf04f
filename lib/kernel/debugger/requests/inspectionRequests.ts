/** Requests about the stack of a stop and about values, those of cells also while main runs. */

import { textIn } from '../../../util/check';
import type { CompiledCell } from '../../messages';
import { frameById, type PausedFrame, scopeBodies, stackFrameBody } from '../callStack';
import { codeIn, optionalInteger, type RequestHandlers } from '../debugAdapterProtocol';
import type { DebugConnection } from '../debugConnection';
import { sharedCalls } from '../sharedCalls';
import { assign, cellNames, copyToGlobal } from '../values/cellVariables';
import { cellValues, evaluate } from '../values/debugEvaluation';
import { type DebugVariable, debugVariable, type Inspection, objectVariables, scopeVariables } from '../values/debugVariables';
import { richBundle } from '../values/richBundle';
import type { Reference } from '../values/variableReferences';

export function inspectionRequests(connection: DebugConnection, cells: ReadonlyMap<string, CompiledCell>): RequestHandlers {
  const { client, execution, references, scripts, release } = connection;
  const isTensorFlow = (scriptId: string): boolean => scripts.byId(scriptId)?.url.includes('/node_modules/@tensorflow/') === true;
  const inspection: Inspection = { client, references, isTensorFlow };
  const frames = (): readonly PausedFrame[] => execution.stop()?.frames ?? [];
  /** Without an id the innermost; undefined while main runs. */
  const frameOf = (where: string, id: unknown): PausedFrame | undefined =>
    id === undefined || id === null ? frames()[0] : frameById(where, frames(), id);
  const declared = async (): Promise<readonly DebugVariable[]> => {
    const values = await cellValues(client, cellNames(cells));
    return Promise.all(values.map((value) => debugVariable(inspection, value)));
  };
  const listed = (reference: Reference, start?: number, count?: number): Promise<readonly DebugVariable[]> => {
    if (reference.kind === 'cells') return declared();
    if (reference.kind === 'scopes') return scopeVariables(inspection, reference.objects);
    return objectVariables(inspection, reference, start, count);
  };
  return {
    stackTrace: (args) => {
      const start = optionalInteger('stackTrace startFrame', args['startFrame']) ?? 0;
      const levels = optionalInteger('stackTrace levels', args['levels']) || Infinity;
      return {
        stackFrames: frames()
          .slice(start, start + levels)
          .map(stackFrameBody),
        totalFrames: frames().length,
      };
    },
    scopes: (args) => ({ scopes: scopeBodies(frameById('scopes', frames(), args['frameId']), references) }),
    variables: async (args) => {
      const reference = references.get('variables', args['variablesReference']);
      const [start, count] = ['start', 'count'].map((key) => optionalInteger(`variables ${key}`, args[key]));
      return { variables: await listed(reference, start, count) };
    },
    evaluate: async (args) => {
      const expression = codeIn('evaluate expression', args['expression']);
      const frame = frameOf('evaluate', args['frameId']);
      const value = await evaluate(client, expression, { frame, sideEffects: args['context'] !== 'hover' });
      const { name: _, value: result, ...rest } = await debugVariable(inspection, { name: '', value });
      return { result, type: value.className ?? value.subtype ?? value.type, ...rest };
    },
    setVariable: async (args) => {
      const reference = references.get('setVariable', args['variablesReference']);
      const name = textIn('setVariable name', args['name'], 1000);
      const frame = frameOf('setVariable', reference.kind === 'scopes' ? reference.frame : undefined);
      const value = await assign(client, reference, name, codeIn('setVariable value', args['value']), frame);
      const { name: _, ...rest } = await debugVariable(inspection, { name, value });
      return rest;
    },
    copyToGlobals: async (args) => {
      const [from, to] = ['srcVariableName', 'dstVariableName'].map((key) => textIn(`copyToGlobals ${key}`, args[key], 1000));
      const frame = frameById('copyToGlobals', frames(), args['srcFrameId']);
      await copyToGlobal(client, from as string, to as string, frame, cellNames(cells));
      return {};
    },
    inspectVariables: sharedCalls(async () => {
      if (execution.stop() === undefined) await release();
      return { variables: await declared() };
    }),
    richInspectVariables: async (args) => {
      const name = textIn('richInspectVariables variableName', args['variableName'], 1000);
      const frame = frameOf('richInspectVariables', args['frameId']);
      return richBundle(inspection, name, frame);
    },
  };
}
