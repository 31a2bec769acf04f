/**
 * Text that a cell writes in many small pieces goes out in few messages. Pieces of one cell and stream are joined until 20 ms have
 * passed, 64 Ki characters are there, or something else is to be published: the order of all outputs stays, and nothing is lost.
 */
import type { Output } from '../messages';

export interface OutputJoiner {
  add(output: Output): void;
  /** Resolves once all that was added was handed to the socket. */
  flush(): Promise<void>;
  /** Bytes that were added and not yet handed over. */
  readonly waiting: number;
}

interface Text {
  readonly first: Output;
  readonly pieces: string[];
  length: number;
  /** What they count for. */
  bytes: number;
  readonly timer: NodeJS.Timeout;
}

const JOIN_MS = 20;
const LONGEST = 64 * 1024;

/**
 * @param publish resolves once the output was handed to the socket
 * @param taken is told how many bytes were
 */
export function outputJoiner(publish: (output: Output) => Promise<void>, taken: (bytes: number) => void): OutputJoiner {
  let text: Text | undefined;
  let waiting = 0;
  let last = Promise.resolve();

  function send(output: Output): void {
    last = publish(output).then(() => {
      waiting -= output.bytes;
      taken(output.bytes);
    });
  }
  function sendText(): void {
    if (!text) return;
    const { first, pieces, bytes, timer } = text;
    clearTimeout(timer);
    text = undefined;
    send({ ...first, content: { ...first.content, text: pieces.join('') }, bytes });
  }
  function join(output: Output): void {
    if (text && !(text.first.request === output.request && text.first.content['name'] === output.content['name'])) sendText();
    text ??= { first: output, pieces: [], length: 0, bytes: 0, timer: setTimeout(sendText, JOIN_MS) };
    const piece = String(output.content['text']);
    text.pieces.push(piece);
    text.length += piece.length;
    text.bytes += output.bytes;
    if (text.length >= LONGEST) sendText();
  }
  return {
    add(output) {
      waiting += output.bytes;
      if (output.message === 'stream') return join(output);
      sendText();
      send(output);
    },
    flush() {
      sendText();
      return last;
    },
    get waiting() {
      return waiting;
    },
  };
}
