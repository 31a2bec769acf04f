/**
 * The server: takes what comes over the sockets, answers at once what it can, gives cells to the queue, and publishes what main posts.
 * It never computes for long, so it answers while main is busy.
 */
import { type Cells, serveCells } from './cells';
import { debugRequests } from './debugRequests';
import { interruption, killOwn } from './interruption';
import { watchParent } from './parentWatch';
import { cellHistory } from './requests/cellHistory';
import { historyOf } from './requests/historyFile';
import { implementation, kernelInfo } from './requests/kernelInfo';
import { isCommMessage } from './requests/openComms';
import { replies } from './requests/replies';
import type { DebuggerFactory, ServerOptions } from './serverOptions';
import { readConnection } from './wire/connection';
import { inbox } from './wire/inbox';
import { type Outbox, outbox, type Request } from './wire/outbox';
import { bindSockets, closeSockets, echo } from './wire/sockets';

/** So long a cell may take to end: Jupyter kills a kernel five seconds after it told it to shut down. */
const SHUTDOWN_MS = 4_500;
/** One whose launcher has gone may finish its training step and write the checkpoint. */
const ORPHAN_MS = 20_000;

export interface Server {
  /** Hands what is to be sent to the system, and lets go of all sockets. */
  close(): void;
}

/** Starts to serve. @throws where the connection file is wrong or an address is taken */
export async function startServer(options: ServerOptions, debuggerFactory: DebuggerFactory): Promise<Server> {
  const connection = readConnection(options.connectionFile);
  const sockets = await bindSockets(connection);
  const out = outbox(connection.key, sockets);
  const own = implementation();
  const { read, idle: received } = inbox(connection.key);
  const stop = interruption(options.main, options.shared, killOwn);
  const debug = debugRequests(debuggerFactory, out, (...place) => cells.language.isCaught(...place));
  const cells = serveCells(options, { out, history: cellHistory(historyOf(own.name)), received, stop, prepare: debug.prepare });
  const interrupt = (): void => {
    debug.interrupt();
    cells.interrupt();
  };
  const end = (restart: boolean, graceMs: number): void => {
    debug.close();
    cells.end(restart, graceMs);
  };
  const { ports } = connection;
  const reply = replies({ ...cells, interrupt, info: kernelInfo(own), ports, debug: debug.answer });
  const handle = handler(out, cells, reply, end);

  void echo(sockets.hb);
  void read(sockets.control, (message) => void handle({ ...message, channel: 'control' }));
  void read(sockets.stdin, cells.takeInput);
  void read(sockets.shell, (message) => {
    const request: Request = { ...message, channel: 'shell' };
    if (message.type === 'execute_request') cells.execute(request);
    else void handle(request);
  });
  watchParent(() => end(false, ORPHAN_MS));
  await out.publish(undefined, 'status', { execution_state: 'starting' });
  return {
    close: () => {
      debug.close();
      closeSockets(sockets);
    },
  };
}

type Reply = ReturnType<typeof replies>;

/** Answers a request between `busy` and `idle`. Never rejects. */
function handler(
  { publish, reply }: Outbox,
  cells: Cells,
  contentFor: Reply,
  end: (restart: boolean, graceMs: number) => void,
): (request: Request) => Promise<void> {
  const status = (request: Request, state: 'busy' | 'idle'): Promise<void> =>
    publish(request.header, 'status', { execution_state: state });

  return async (request) => {
    void status(request, 'busy');
    if (isCommMessage(request.type)) cells.takeComm(request);
    const content = await contentFor(request);
    if (content) await reply(request, content);
    await status(request, 'idle');
    // Front ends show the state that they heard of last, whoever asked: a cell that runs is told again.
    const running = cells.current;
    if (running && request.channel === 'shell') void status(running, 'busy');
    if (request.type === 'shutdown_request') end(content?.['restart'] === true, SHUTDOWN_MS);
  };
}
