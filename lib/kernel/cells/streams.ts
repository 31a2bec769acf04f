/**
 * `console`, `process.stdout` and `process.stderr` of a kernel: what they are given goes to the cell whose code writes it. The
 * console writes as Node's own does to a file: without colours, groups indented, tables as text. So do Node's warnings.
 */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Takes a text for `stdout` or `stderr`. */
export type WriteText = (name: 'stdout' | 'stderr', text: string) => void;

/** Methods of a console that write; the others (`time`, `count`, `group`, …) come with them, since they share their state. */
type ConsoleMethods = Record<string, unknown>;

/**
 * From now on everything that is written goes to `write`.
 * @param clear empties the cell's output: `console.clear`
 * @param tidy what becomes of a text of the console, which may hold stacks
 */
export function captureStreams(write: WriteText, clear: () => void, tidy: (text: string) => string): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const fd = name === 'stdout' ? 1 : 2;
    const value = Object.assign(
      streamTo((text) => write(name, text)),
      { fd, _isStdio: true },
    );
    Object.defineProperty(process, name, { configurable: true, enumerable: true, get: () => value });
  }
  const target = (name: 'stdout' | 'stderr'): NodeJS.WritableStream =>
    ({ write: (text: string) => write(name, tidy(text)) }) as unknown as NodeJS.WritableStream;
  const made = new Console({ stdout: target('stdout'), stderr: target('stderr'), ignoreErrors: false, colorMode: false });
  // The object stays Node's, since libraries may hold it; its own methods would also keep all arguments for an inspector.
  const methods = made as unknown as ConsoleMethods;
  for (const name of Object.keys(methods)) {
    if (typeof methods[name] === 'function' && name in console) (console as unknown as ConsoleMethods)[name] = methods[name];
  }
  console.clear = clear;
  // Node's own would write to the terminal of the kernel. What is experimental in Node is the kernel's own choice.
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) => {
    if (name !== 'ExperimentalWarning') write('stderr', `${name}: ${message}\n`);
  });
}

/** A stream that goes on whoever ends it: it belongs to all cells. */
function streamTo(take: (text: string) => void): Writable {
  const decoder = new StringDecoder('utf8');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, encoding, done) {
      const isText = typeof chunk === 'string' && /^utf-?8$/i.test(encoding);
      const text = isText ? chunk : decoder.write(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk);
      if (text !== '') take(text);
      done();
    },
  });
  const end = (...given: unknown[]): Writable => {
    const [chunk, encoding] = given.filter((one) => typeof one !== 'function');
    const done = given.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (chunk != null) stream.write(chunk, (encoding ?? 'utf8') as BufferEncoding);
    if (done) queueMicrotask(done);
    return stream;
  };
  return Object.assign(stream, { end, destroy: () => stream });
}
