/** Where controls are shown and heard: the kernel's main thread, where there is one. */
import type { KernelApi } from '../messages';

/** The method by which a value shows itself in a notebook: it returns a MIME bundle. Deno's kernel has it under the same name. */
export const JUPYTER_DISPLAY: unique symbol = Symbol.for('Jupyter.display');

const KERNEL = Symbol.for('jupyter.kernel');

/** The kernel that this code runs in; undefined in a script. */
export function kernelApi(): KernelApi | undefined {
  return (globalThis as { readonly [KERNEL]?: KernelApi })[KERNEL];
}

/**
 * The kernel whose front end may have widgets. Who runs notebooks without anybody there sets `IEKD_FRONT_END=none`: controls then
 * show their last state, as in a script, and no comm is opened.
 */
export function widgetKernel(): KernelApi | undefined {
  return process.env['IEKD_FRONT_END'] === 'none' ? undefined : kernelApi();
}
