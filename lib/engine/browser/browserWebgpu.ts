/** WebGPU in a page that has loaded tfjs's script for it, with the kernels of the `webgpu` engine: those that train. */
import { useBackend } from '../abilities';
import { tf } from '../tf';
import { ABILITIES, BACKEND, registerWebgpu } from '../webgpu/registerWebgpu';

/** Starts it, once a page. @returns false where the browser has no WebGPU, or no adapter */
export async function startBrowserWebgpu(): Promise<boolean> {
  const started = await tf.setBackend(BACKEND).catch(() => false);
  if (!started) return false;
  registerWebgpu();
  await useBackend(BACKEND, ABILITIES);
  return true;
}
