/** A kernel of a made-up main and language around the real server, as a process of its own: `fakeKernel.ts CONNECTION_FILE`. */
import { captureDescriptors, writeToLauncher } from 'iekd/dist/kernel/server/descriptors';
import { startWorker } from './startWorker';

const descriptors = captureDescriptors();
process.on('SIGINT', () => undefined);
const { worker } = startWorker(process.argv[2] ?? '', descriptors ? { descriptors } : {}, () => process.exit(0));
worker.once('error', (error) => {
  writeToLauncher(descriptors, `${String(error)}\n`);
  process.exit(1);
});
