/** A small server of static files for this machine alone: it listens on 127.0.0.1, reads below one folder, and answers GET and HEAD. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, sep } from 'node:path';
import { refusePhrase } from '../util/check';
import { inside } from '../util/files';

const HOST = '127.0.0.1';

/** Of the files of a demo; others are bytes. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

const PLAIN = 'text/plain; charset=utf-8';

/** A server that runs. */
export interface FolderServer {
  /** `http://127.0.0.1:8000/` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder. @param port 0: any that is free @throws InputError for a port that is taken, or not to be had */
export async function serveFolder(folder: string, port: number): Promise<FolderServer> {
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(port, error)));
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : port;
  return { url: `http://${HOST}:${own}/`, close: () => closed(server) };
}

function portError(port: number, { code, message }: NodeJS.ErrnoException): Error {
  const received = code === 'EADDRINUSE' ? 'one that is in use' : code === 'EACCES' ? 'one for the system alone' : message;
  return refusePhrase(`serve: port ${port}`, 'a port that is free', received, 'name another, --serve 8001');
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

function answer(folder: string, { method, url = '/' }: IncomingMessage, response: ServerResponse): void {
  const headers = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' };
  const send = (status: number, type: string, content: Uint8Array | string): void => {
    response.writeHead(status, { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(content) });
    response.end(method === 'HEAD' ? undefined : content);
  };
  const isKnown = method === 'GET' || method === 'HEAD';
  const path = isKnown ? fileOf(folder, url) : undefined;
  if (!isKnown) send(405, PLAIN, 'expected GET or HEAD\n');
  else if (path === undefined) send(404, PLAIN, 'no such file\n');
  else send(200, CONTENT_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream', readFileSync(path));
}

/** The file that a request names, links followed; undefined where there is none, or it lies outside. */
function fileOf(folder: string, url: string): string | undefined {
  try {
    const [asked = ''] = url.split(/[?#]/);
    const name = decodeURIComponent(asked).replace(/^\/+/, '');
    if (name.endsWith('/')) return undefined;
    const root = realpathSync(folder);
    const path = realpathSync(inside(root, name === '' ? 'index.html' : name));
    return path.startsWith(root + sep) && statSync(path).isFile() ? path : undefined;
  } catch {
    return undefined; // malformed, missing, or outside
  }
}
