/** Tensors that come and go while a recording is made. */
import type { tf } from '../../tf';
import type { CapturableBackend, Method } from './capturableBackend';
import type { CommandRecording } from './commands';
import type { RoutedBuffers } from './recordingBuffers';

/** Of the backend's own methods, those that say which tensors are made, filled, taken from outside, changed, read and let go. */
export function notedTensors(
  backend: CapturableBackend,
  buffers: RoutedBuffers,
  recording: CommandRecording,
): Readonly<Record<string, Method>> {
  const { write, disposeData, uploadToGPU } = backend;
  const [readSync, read] = [backend.readSync, backend.read];
  const resource = (id: object): object | undefined => backend.tensorMap.get(id).resource ?? undefined;
  const reads = (): void => recording.refuse('values are read on the way');
  return {
    write(values: ArrayLike<unknown> | null | undefined, shape: number[], dtype: tf.DataType) {
      const id = write.call(backend, values, shape, dtype);
      if (values) recording.writes(id, Array.from(values));
      else recording.computes(id);
      return id;
    },
    uploadToGPU(id: object) {
      const isOutside = !recording.makes(id);
      buffers.within(isOutside ? undefined : recording.memory, () => uploadToGPU.call(backend, id));
      recording.takesValues(id, resource);
    },
    changed: (id: object) => recording.moves(id),
    disposeData(id: object, force?: boolean) {
      const isGone = disposeData.call(backend, id, force);
      if (isGone) recording.forgets(id);
      return isGone;
    },
    readSync(id: object) {
      reads();
      return readSync.call(backend, id);
    },
    read(id: object) {
      reads();
      return read.call(backend, id);
    },
  };
}
