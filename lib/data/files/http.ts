/** One HTTP GET as a stream of the file's own bytes (`fetch` would undo a `Content-Encoding: x-gzip` of the archive). */
import type { IncomingMessage } from 'node:http';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { refuse } from '../../util/check';

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Fails when no byte comes for so long. */
  readonly idleMs: number;
  readonly signal: AbortSignal | undefined;
}

const REDIRECTS = 5;

/** The answer to a GET, redirects followed (never from https to http); its body is still to be read. */
export async function httpGet(url: string, options: GetOptions): Promise<IncomingMessage> {
  let at = new URL(url);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const response = await getOnce(at, options);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return response;
    response.destroy();
    at = redirect(at, headers.location);
  }
  throw refuse(`download: ${url}`, `at most ${REDIRECTS} redirects`, REDIRECTS + 1);
}

function redirect(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href)) throw refuse(`download: ${from.href}`, 'a redirect to a URL', location);
  const to = new URL(location, from);
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (!allowed.includes(to.protocol)) throw refuse(`download: ${from.href}`, `a redirect to ${allowed.join(' or ')}`, to.href);
  return to;
}

function getOnce(url: URL, { headers, idleMs, signal }: GetOptions): Promise<IncomingMessage> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false, ...(signal && { signal }) }, resolve);
    request.setTimeout(idleMs, () => request.destroy(new Error(`no byte for ${idleMs / 1000} s`)));
    request.on('error', reject);
  });
}
