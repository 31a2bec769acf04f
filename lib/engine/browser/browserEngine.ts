/**
 * Which backend of tfjs a page computes with: the graphics card's (WebGL), where it can write float32; else WebAssembly with the
 * kernels of the `portable` engine, which it lacks (gradients of pooling and of depthwise convolutions); else plain JavaScript.
 */
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { nameIn } from '../../util/check';
import { useBackend } from '../abilities';
import { registerGradients } from '../fused/gradients';
import { registerPortable } from '../portable/registerPortable';
import { BACKEND, WASM } from '../portable/wasmKernels';
import { tf } from '../tf';
import type { EngineAbilities } from '../types';

/** In the order of preference. */
export const BROWSER_BACKENDS = ['webgl', 'wasm', 'cpu'] as const;

/** One of them. */
export type BrowserBackend = (typeof BROWSER_BACKENDS)[number];

/** Starts each; false where it is not there. @param folder of the page's copies of tfjs's files, with a slash at the end */
const STARTS: Readonly<Record<BrowserBackend, (folder: string) => Promise<boolean>>> = {
  async webgl() {
    // Half floats, which some telephones have alone, are not enough for relevance.
    return (await tf.setBackend('webgl')) && tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
  },
  async wasm(folder) {
    setWasmPaths(folder);
    if (!(await tf.setBackend(WASM))) return false;
    registerPortable();
    registerGradients();
    await useBackend(BACKEND, ABILITIES);
    return true;
  },
  cpu: () => tf.setBackend('cpu'),
};

/** Batch norms are folded or composed. */
const ABILITIES: EngineAbilities = { fuses: () => false, timesKernels: false, precisions: ['float32'] };

/**
 * Starts the first backend that works, once a page. @param wanted this one and those after it @returns its name
 * @throws InputError for an unknown name
 */
export async function startBrowserBackend(folder: string, wanted: string = BROWSER_BACKENDS[0]): Promise<BrowserBackend> {
  const first = nameIn('backend', BROWSER_BACKENDS, wanted);
  for (const name of BROWSER_BACKENDS.slice(BROWSER_BACKENDS.indexOf(first))) {
    if (await STARTS[name](folder).catch(() => false)) return name;
  }
  throw new Error('browser: expected a backend of TensorFlow.js that starts, received none');
}
