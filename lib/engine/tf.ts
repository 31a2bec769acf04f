/** The only importer of TensorFlow.js: everything else in the library takes `tf` from here, so that there is one copy of it. */
import * as tf from '@tensorflow/tfjs';

export { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
export { tf };
