/** The debugger of this process's main thread, for a worker of it. */

import { randomUUID } from 'node:crypto';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DebuggerParts } from '../server/serverOptions';
import { createDebugger, type KernelDebugger } from './debugger';

/** The kernel's own code, seen from `dist/kernel/debugger`. */
const OWN = [join(__dirname, '..'), join(__dirname, '..', '..', '..', 'kernel', 'jupyter')];

/**
 * The paths of cells begin with a name that is this process's alone, for JupyterLab takes breakpoints along to another kernel by it.
 * `ipykernel_` is what JupyterLab knows the paths of cells by: it writes `In [3]` for them then.
 */
export function mainThreadDebugger({ cells, send, isCaught }: DebuggerParts): KernelDebugger {
  return createDebugger({
    connect: () => {
      const session = new Session();
      session.connectToMainThread();
      return session;
    },
    send,
    isCaught,
    cells,
    folder: join(tmpdir(), `ipykernel_${randomUUID().slice(0, 8)}`),
    hidden: OWN.map((folder) => `${pathToFileURL(folder).href}/`),
  });
}
