/** Our kernels in front of those that @tensorflow/tfjs-node-gpu registers, the plain CPU backend's behind them. */
import { type Crossing, copiedKernel, missingKernels, typed } from '../copiedKernels';
import { FallbackCounter } from '../fallbackCounter';
import { tf } from '../tf';
import { convolutionKernels } from './kernels/convolutionOperations';
import { poolingKernels } from './kernels/maxPoolOperations';
import type { OperationCall, OperationKernel } from './kernels/operationKernel';
import { isRefusedCall, RULED } from './refusedCalls';
import { BACKEND, type TensorflowBackend } from './tensorflowBackend';

const crossing: Crossing<TensorflowBackend> = {
  toCpu: ({ dataId, shape, dtype }, backend, cpu) => cpu.makeTensorInfo(shape, dtype, backend.readSync(dataId)),
  fromCpu({ dataId, shape, dtype }, backend, cpu) {
    return { dataId: backend.write(typed(cpu.readSync(dataId), dtype), shape, dtype), shape, dtype };
  },
};

/** Registers kernels; once a process, after the package was loaded. @returns the counter of what ran on the CPU backend */
export function registerTensorflow(): FallbackCounter {
  const counter = new FallbackCounter();
  const plain = (name: string): tf.KernelFunc => counter.counted(name, copiedKernel(name, crossing));
  for (const kernel of [...convolutionKernels, ...poolingKernels]) replace(kernel.name, asKernel(kernel));
  for (const name of RULED) replace(name, guarded(name, tf.getKernel(name, BACKEND).kernelFunc, plain(name)));
  const present = new Set(tf.getKernelsForBackend(BACKEND).map(({ kernelName }) => kernelName));
  for (const name of missingKernels(present)) replace(name, plain(name));
  return counter;
}

const asKernel =
  ({ run }: OperationKernel): tf.KernelFunc =>
  ({ backend, inputs, attrs }) =>
    run({ backend, inputs, attrs: attrs ?? {} } as OperationCall);

/** TensorFlow's kernel, but the CPU backend's for calls that it does not take. */
function guarded(name: string, own: tf.KernelFunc, plain: tf.KernelFunc): tf.KernelFunc {
  return (parameters) => {
    const { inputs, attrs } = parameters;
    return isRefusedCall(name, { inputs, attrs: attrs ?? {} }) ? plain(parameters) : own(parameters);
  };
}

function replace(name: string, kernelFunc: tf.KernelFunc): void {
  if (tf.getKernel(name, BACKEND)) tf.unregisterKernel(name, BACKEND);
  tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc });
}
