/**
 * The notebooks' kernel: tslab 1.0.22, put together from its own parts with a dependable executor (`cellRunner`) and a server
 * that drops unsigned messages and reports failures as Jupyter's `error` messages, which tslab itself never sends.
 */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type CellRunner, cellRunner } from './cellRunner';
import { decode, encodeReply, type Message } from './protocol';
import { type Handler, loadTslab, type Server, type ServerMessage, type Socket, type Tslab } from './tslab';

/** An interrupted cell may finish its training step and write the checkpoint. */
const INTERRUPT_GRACE_MS = 20_000;
const FAILURE_GRACE_MS = 2_000;
/**
 * A signal so soon after an `interrupt_request` is the same wish: the executor sends it where the request was not answered, and
 * both are then handled when the cell next lets the event loop turn.
 */
const SAME_WISH_MS = 500;

/**
 * After an error tslab drops the requests that come within 200 ms. The reply waits until that is over: what was queued behind
 * the error is dropped, as it should be, and what is sent after the reply is not.
 */
const DROPPING_MS = 220;

/** The project's folder, seen from `lib/dist/kernel`. */
const ROOT = resolve(__dirname, '../../..');

/**
 * Serves a notebook until it is told to shut down. Runs in the notebook's folder.
 * @param configPath Jupyter's connection file
 */
export async function startKernel(configPath: string): Promise<void> {
  try {
    Error.stackTraceLimit = 50; // tfjs alone takes more than the usual ten between a cell and the library
    await serve(loadTslab(), configPath);
    endWithParent();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

async function serve(tslab: Tslab, configPath: string): Promise<void> {
  let requested = Number.NEGATIVE_INFINITY;
  const runner = cellRunner({
    tslab,
    folder: process.cwd(),
    root: ROOT,
    interruptGraceMs: INTERRUPT_GRACE_MS,
    failureGraceMs: FAILURE_GRACE_MS,
  });
  const handler = new tslab.JupyterHandlerImpl(runner.executor, false);
  const server = dependable(new tslab.ZmqServer(handler, configPath), handler, runner, () => {
    requested = performance.now();
    runner.interrupt();
  });
  const uncaught = (error: unknown): void => {
    if (!runner.uncaught(error)) console.error('An error that nobody caught, after its cell had ended:', error);
  };
  process.on('SIGINT', () => {
    if (performance.now() - requested > SAME_WISH_MS) runner.interrupt();
  });
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', uncaught);
  await server.init();
}

/** Two methods of this one server are replaced: the others stay tslab's. */
function dependable(server: Server, handler: Handler, { failure }: Pick<CellRunner, 'failure'>, interrupt: () => void): Server {
  const handleShellMessage = server.handleShellMessage.bind(server);
  server.handleShellMessage = async (socket, ...frames) => {
    let message: Message;
    try {
      message = decode(server.connInfo.key, frames);
    } catch {
      return; // not from our client: tslab would throw, and so fail a cell
    }
    if (message.type !== 'interrupt_request') return handleShellMessage(socket, ...frames);
    interrupt();
    await answerInterrupt(server.connInfo.key, socket, frames);
  };
  server.handleExecute = async (socket, message) => {
    const send = (to: object, type: string, content: object): void => reply(server, message, to, type, content);
    const result = await handler.handleExecute(
      message.content,
      (name, text) => send(server.iopub, 'stream', { name, text }),
      (content, update) => send(server.iopub, update ? 'update_display_data' : 'display_data', content),
    );
    const why = result.status === 'error' ? failure() : undefined;
    if (why) send(server.iopub, 'error', why);
    if (why) await new Promise((done) => setTimeout(done, DROPPING_MS));
    const status = result.status === 'abort' ? 'aborted' : result.status; // the protocol's word
    send(socket, 'execute_reply', { ...result, ...why, status });
  };
  return server;
}

/** tslab does not know the request. */
function answerInterrupt(key: string, socket: Socket, request: readonly Uint8Array[]): Promise<void> {
  const content = { status: 'ok' };
  return socket.send(encodeReply(key, request, { id: randomUUID(), type: 'interrupt_reply', session: randomUUID(), content }));
}

function reply(server: Server, to: ServerMessage, socket: object, type: string, content: object): void {
  const message = to.createReply();
  message.header.msg_type = type;
  message.content = content;
  message.signAndSend(server.connInfo.key, socket);
}

/** A kernel whose launcher was killed ends too. Jupyter and our executor set the variable. */
function endWithParent(): void {
  if (!process.env['JPY_PARENT_PID']) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1000).unref();
}
