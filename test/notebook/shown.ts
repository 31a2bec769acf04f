/** What displays are sent to in tests. */
import { type DisplayMessage, useDisplayWriter } from 'iekd/dist/notebook/display/display';

/** Runs `work` and returns what it displayed. */
export async function shown(work: () => void | Promise<void>): Promise<DisplayMessage[]> {
  const messages: DisplayMessage[] = [];
  const before = useDisplayWriter((message) => messages.push(structuredClone(message)));
  try {
    await work();
  } finally {
    useDisplayWriter(before);
  }
  return messages;
}
