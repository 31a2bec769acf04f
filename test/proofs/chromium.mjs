// @ts-check
/**
 * Headless Chromium over the pipe of its DevTools protocol (chromedevtools.github.io/devtools-protocol): messages are JSON between zero
 * bytes, on the file descriptors 3 and 4. As much of it as a proof needs.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** No step of a page takes longer, unless it hangs. */
const PATIENCE_MS = 180_000;

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} open
 * @property {(expression: string) => Promise<any>} evaluate what an expression, or its promise, comes to, as JSON
 * @property {(expression: string) => Promise<void>} until waits for an expression to be true
 * @property {(selector: string, files: readonly string[]) => Promise<void>} choose files in an input
 * @property {(path: string, width: number, height?: number, dark?: boolean) => Promise<void>} screenshot of the whole page
 * @property {readonly string[]} complaints errors and warnings of the page, policies that were broken among them
 */

/**
 * Starts a browser, gives its page to `use`, and ends it.
 * @template T
 * @param {string} program
 * @param {(page: Page) => Promise<T>} use
 * @param {readonly string[]} [options] of the command line
 */
export async function withChromium(program, use, options = []) {
  const profile = mkdtempSync(join(tmpdir(), 'iekd-chromium-'));
  const fixed = [
    '--headless=new',
    '--no-sandbox',
    '--disable-dev-shm-usage',
    '--remote-debugging-pipe',
    `--user-data-dir=${profile}`,
  ];
  const browser = spawn(program, [...fixed, ...options, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own, which ends as a whole
  });
  const gone = new Promise((resolve) => browser.once('exit', resolve));
  try {
    const send = connected(browser);
    return await use(await pageOf(send));
  } finally {
    end(browser.pid);
    await gone;
    await removed(profile);
  }
}

/**
 * Ends a group of processes.
 * @param {number | undefined} group
 */
function end(group) {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

/**
 * Removes the browser's folder, into which its processes may still write for a moment.
 * @param {string} folder
 */
async function removed(folder) {
  for (let tries = 1; ; tries++) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/**
 * @typedef {((method: string, params?: object, sessionId?: string) => Promise<any>) & { listen(heard: (event: any) => void): void }} Send
 * @param {import('node:child_process').ChildProcess} browser
 * @returns {Send}
 */
function connected(browser) {
  const to = /** @type {import('node:stream').Writable} */ (browser.stdio[3]);
  const from = /** @type {import('node:stream').Readable} */ (browser.stdio[4]);
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  /** @type {((event: any) => void)[]} */
  const listeners = [];
  let rest = Buffer.alloc(0);
  from.on('data', (/** @type {Buffer} */ bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      const message = JSON.parse(rest.subarray(0, end).toString());
      rest = rest.subarray(end + 1);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (!call) for (const heard of listeners) heard(message);
      else if (message.error) call.reject(new Error(message.error.message));
      else call.resolve(message.result);
    }
  });
  browser.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`Chromium ended (${code})`));
  });
  let last = 0;
  /** @param {string} method @param {object} [params] @param {string} [sessionId] */
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      to.write(`${JSON.stringify({ id: last, method, params, ...(sessionId ? { sessionId } : {}) })}\0`);
    });
  return Object.assign(send, { listen: (/** @type {(event: any) => void} */ heard) => void listeners.push(heard) });
}

/** @param {Send} send @returns {Promise<Page>} */
async function pageOf(send) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const call = (/** @type {string} */ method, /** @type {object} */ params = {}) => send(method, params, sessionId);
  for (const domain of ['Page', 'Runtime', 'Log', 'DOM']) await call(`${domain}.enable`);
  /** @type {string[]} */
  const complaints = [];
  send.listen(({ method, params }) => {
    if (method === 'Runtime.exceptionThrown')
      complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Log.entryAdded' && ['error', 'warning'].includes(params.entry.level)) complaints.push(params.entry.text);
  });
  /** @param {string} expression */
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await call('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    complaints,
    evaluate,
    async open(url) {
      const loaded = new Promise((resolve) =>
        send.listen(({ method }) => method === 'Page.loadEventFired' && resolve(undefined)),
      );
      await call('Page.navigate', { url });
      await loaded;
    },
    async until(expression) {
      const end = Date.now() + PATIENCE_MS;
      while (!(await evaluate(`Boolean(${expression})`))) {
        if (Date.now() > end)
          throw new Error(`expected ${expression} within ${PATIENCE_MS / 1000} s; the page says: ${complaints.join('; ')}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async choose(selector, files) {
      const { root } = await call('DOM.getDocument');
      const { nodeId } = await call('DOM.querySelector', { nodeId: root.nodeId, selector });
      await call('DOM.setFileInputFiles', { nodeId, files });
    },
    async screenshot(path, width, height = 800, dark = false) {
      await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
      await call('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { data } = await call('Page.captureScreenshot', { captureBeyondViewport: true });
      writeFileSync(path, Buffer.from(data, 'base64'));
    },
  };
}
