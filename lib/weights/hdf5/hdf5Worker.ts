/**
 * A thread that reads files of HDF5 by h5wasm, which is HDF5's own library in WebAssembly: whatever a hostile file does to it stays within
 * the memory of that module, which is bounded here, and within the time that the asking thread waits. Nothing but the file's bytes is seen by it.
 */
import { workerData } from 'node:worker_threads';
import type { Hdf5Contents, Hdf5Dataset, Hdf5Reply, Hdf5Request, Hdf5ThreadData } from './hdf5Contents';

const MOST = { objects: 20_000, deep: 16 } as const;
const FILE = '/file.h5';

const { turns, memory, port } = workerData as Hdf5ThreadData;
const turn = new Int32Array(turns);
type Library = typeof import('h5wasm/node', { with: { 'resolution-mode': 'import' }});
type Group = InstanceType<Library['Group']>;
type Dataset = InstanceType<Library['Dataset']>;

/** Of the module's memory. */
let most = memory;

boundMemory();
void import('h5wasm/node').then(serve, (error: unknown) => {
  const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
  answer({ error: String(error), missing });
});

/** What HDF5 asks for beyond is refused, which it passes on as an error. */
function boundMemory(): void {
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function grown(this: WebAssembly.Memory, pages: number): number {
    if (this.buffer.byteLength + pages * 65_536 > most) throw new RangeError('more memory than a file of its size needs');
    return grow.call(this, pages);
  };
}

async function serve(library: Library): Promise<void> {
  const { FS, activate_throwing_error_handler: throwErrors } = await library.ready;
  throwErrors(); // in place of lines on the terminal
  port.on('message', ({ bytes }: Hdf5Request) => {
    most = memory + 2 * bytes.length;
    try {
      FS.writeFile(FILE, bytes);
      const file = new library.File(FILE, 'r');
      try {
        answer({ contents: contentsOf(library, file, bytes.length) });
      } finally {
        file.close();
        FS.unlink(FILE);
      }
    } catch (error) {
      answer({
        error: error instanceof Error ? error.message : String(error),
        broken: error instanceof WebAssembly.RuntimeError,
      });
    }
  });
  next();
}

function answer(reply: Hdf5Reply): void {
  port.postMessage(reply);
  next();
}

function next(): void {
  Atomics.add(turn, 0, 1);
  Atomics.notify(turn, 0);
}

/** Everything below the root, each object within its bounds. */
function contentsOf(library: Library, root: Group, size: number): Hdf5Contents {
  const contents: { datasets: Record<string, Hdf5Dataset>; attributes: Record<string, string | string[]> } = {
    datasets: {},
    attributes: {},
  };
  let [objects, left] = [0, 2 * size];
  const spend = (bytes: number, what: string): void => {
    left -= bytes;
    if (!(left >= 0)) throw new Error(`${what} of more bytes than the file has`);
  };

  function visit(entity: unknown, path: string, deep: number): void {
    objects++;
    if (objects > MOST.objects || deep > MOST.deep) throw new Error('more groups than a file of weights has');
    if (entity instanceof library.Dataset) {
      spend(entity.metadata.total_size, path);
      const found = numbersOf(entity);
      if (found) contents.datasets[path] = found;
    }
    if (!(entity instanceof library.Group)) return;
    for (const [name, attribute] of Object.entries(entity.attrs)) {
      spend(attribute.metadata.total_size, `${path}@${name}`);
      const text = textOf(attribute.value);
      if (text !== undefined) contents.attributes[`${path}@${name}`] = text;
    }
    for (const name of entity.keys()) visit(entity.get(name), path === '' ? name : `${path}/${name}`, deep + 1);
  }

  visit(root, '', 0);
  return contents;
}

function numbersOf({ shape, value }: Dataset): Hdf5Dataset | undefined {
  return shape && ArrayBuffer.isView(value) ? { shape, data: value } : undefined;
}

/** A text or a list of them. */
function textOf(value: unknown): string | string[] | undefined {
  const isText = (one: unknown): one is string => typeof one === 'string';
  return isText(value) || (Array.isArray(value) && value.every(isText)) ? value : undefined;
}
