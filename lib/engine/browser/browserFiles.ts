/** Files of the installed tfjs that a page loads: its scripts, and the WebAssembly that one of them fetches. */
import { dirname, join } from 'node:path';

/** Scripts in the order in which a page loads them: they make the global `tf` and add to it. */
const BROWSER_SCRIPTS = ['tf.es2017.min.js', 'tf-backend-wasm.es2017.min.js'] as const;

/** By name, for a folder that is served. No threads: their module wants headers of the server that few servers send. */
export function browserFiles(): Readonly<Record<string, string>> {
  const tfjs = join(dirname(require.resolve('@tensorflow/tfjs/package.json')), 'dist');
  const wasm = join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist');
  const [core, backend] = BROWSER_SCRIPTS;
  const modules = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];
  return {
    [core]: join(tfjs, core),
    [backend]: join(wasm, backend),
    ...Object.fromEntries(modules.map((name) => [name, join(wasm, name)])),
  };
}

/** tfjs's script for WebGPU, as the optional package has it; none without the package. */
export function webgpuFiles(): Readonly<Record<string, string>> {
  const name = 'tf-backend-webgpu.es2017.min.js';
  try {
    return { [name]: join(dirname(require.resolve('@tensorflow/tfjs-backend-webgpu/package.json')), 'dist', name) };
  } catch {
    return {};
  }
}
