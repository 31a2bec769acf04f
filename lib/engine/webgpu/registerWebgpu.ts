/** Our kernels on tfjs's WebGPU backend, in Node and in a page alike. */
import { registerGradients } from '../fused/gradients';
import { tf } from '../tf';
import type { EngineAbilities } from '../types';
import { captureCommands } from './capture/captureCommands';
import { webgpuKernels } from './kernels';
import { registerKernels } from './kernels/webgpuKernel';

/** The name by which tfjs's package registers its kernels. */
export const BACKEND = 'webgpu';

export const ABILITIES: EngineAbilities = {
  fuses: () => false,
  fusesInference: () => true,
  timesKernels: false,
  ceilings: true,
  capture: captureCommands,
  precisions: ['float32'],
};

/** Puts our kernels in front of tfjs's, once a process or page. */
export function registerWebgpu(): void {
  registerKernels(webgpuKernels, BACKEND);
  registerGradients();
  // tfjs would compute small tensors that are not on the GPU yet in plain JavaScript.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
}
