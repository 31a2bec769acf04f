/** Contents of the replies that come from the language thread: completion, inspection, completeness. */
import type { Completeness, Completion, Inspection, JsonObject } from '../../messages';
import type { LanguageClient } from '../languageClient';
import type { Message } from '../wire/protocol';
import { toCodePoints, toUnits } from './codePoints';
import { integerField, textField } from './fields';

/** What JupyterLab reads kinds and signatures from. */
const TYPES = '_jupyter_types_experimental';

export async function completeReply(language: LanguageClient, request: Message): Promise<JsonObject> {
  const code = textField(request, 'code');
  return completion(code, await language.complete(code, toUnits(code, integerField(request, 'cursor_pos'))));
}

function completion(code: string, { start, end, matches }: Completion): JsonObject {
  const [from, to] = [toCodePoints(code, start), toCodePoints(code, end)];
  const types = matches.map(({ text, kind: type, signature }) => ({ start: from, end: to, text, type, signature }));
  return {
    status: 'ok',
    matches: matches.map(({ text }) => text),
    cursor_start: from,
    cursor_end: to,
    metadata: { [TYPES]: types },
  };
}

export async function inspectReply(language: LanguageClient, request: Message): Promise<JsonObject> {
  const code = textField(request, 'code');
  const detail = request.content['detail_level'] === 1 ? 1 : 0;
  return inspection(await language.inspect(code, toUnits(code, integerField(request, 'cursor_pos')), detail));
}

function inspection(found: Inspection | undefined): JsonObject {
  const data = found ? { 'text/plain': found.plain, 'text/markdown': found.markdown } : {};
  return { status: 'ok', found: found !== undefined, data, metadata: {} };
}

export async function isCompleteReply(language: LanguageClient, request: Message): Promise<JsonObject> {
  const { status, indent }: Completeness = await language.isComplete(textField(request, 'code'));
  return status === 'incomplete' ? { status, indent } : { status };
}
