/** Publishes what main posts for a cell, with the cell's request as its parent. Of a silent cell nothing but its comms is published. */
import type { JsonObject, Output } from '../messages';
import { internalFailure } from './internalFailure';
import type { CellRequest, RequestLog } from './requestLog';
import { isCommMessage } from './requests/openComms';
import type { Outbox } from './wire/outbox';

/** @returns resolves once it was handed to the socket */
export function outputPublisher(publish: Outbox['publish'], log: RequestLog): (output: Output) => Promise<void> {
  return async (output) => {
    const cell = log.find(output.request);
    if (cell?.silent && !isCommMessage(output.message)) return;
    const { metadata = {}, buffers = [] } = output;
    const parent = output.parent ?? cell?.request.header;
    try {
      await publish(parent, output.message, contentOf(output, cell), { metadata, buffers });
    } catch (error) {
      const text = `An output could not be written as JSON. ${internalFailure(error).evalue}\n`;
      await publish(parent, 'stream', { name: 'stderr', text });
    }
  };
}

/** With the entries that the protocol demands. */
function contentOf({ message, content }: Output, cell: CellRequest | undefined): JsonObject {
  if (message === 'execute_result') return { metadata: {}, ...content, execution_count: cell?.executionCount ?? 0 };
  if (message === 'display_data' || message === 'update_display_data') return { metadata: {}, transient: {}, ...content };
  return content;
}
