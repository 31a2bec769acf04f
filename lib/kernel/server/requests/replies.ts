/** Contents of the replies to all requests but `execute_request`, by the type of the request. */
import type { JsonObject } from '../../messages';
import { internalFailure } from '../internalFailure';
import type { LanguageClient } from '../languageClient';
import type { Request } from '../wire/outbox';
import type { CellHistory } from './cellHistory';
import { flagField } from './fields';
import { completeReply, inspectReply, isCompleteReply } from './languageReplies';
import type { OpenComms } from './openComms';

export interface ReplyParts {
  readonly info: JsonObject;
  readonly language: LanguageClient;
  readonly history: CellHistory;
  readonly comms: OpenComms;
  readonly ports: Readonly<Record<string, number>>;
  readonly interrupt: () => void;
  readonly debug: (request: Request) => Promise<JsonObject>;
}

/** Gives undefined for a type that nobody knows. Never rejects. */
export function replies(parts: ReplyParts): (request: Request) => Promise<JsonObject | undefined> {
  const { info, language, history, comms, ports, interrupt, debug } = parts;
  const table: Readonly<Record<string, (request: Request) => JsonObject | Promise<JsonObject>>> = {
    kernel_info_request: () => info,
    complete_request: (request) => completeReply(language, request),
    inspect_request: (request) => inspectReply(language, request),
    is_complete_request: (request) => isCompleteReply(language, request),
    history_request: (request) => history.reply(request),
    comm_info_request: (request) => comms.info(request),
    connect_request: () => {
      const named = Object.entries(ports).map(([channel, port]) => [`${channel}_port`, port]);
      return { status: 'ok', ...Object.fromEntries(named) };
    },
    interrupt_request: () => {
      interrupt();
      return { status: 'ok' };
    },
    shutdown_request: (request) => ({ status: 'ok', restart: flagField(request, 'restart', false) }),
    debug_request: debug,
  };
  return async (request) => {
    if (!Object.hasOwn(table, request.type)) return undefined;
    try {
      return await table[request.type]?.(request);
    } catch (error) {
      return { status: 'error', ...internalFailure(error) };
    }
  };
}
