/**
 * Names of very many files, compactly: a million paths as texts are some 100 MB of objects, as bytes in one buffer a third of that. Folders are
 * texts, each once.
 */
import { integerIn } from '../../util/check';

/** Paths below a folder, `/` between their parts. */
export interface FileNames {
  readonly count: number;
  /** The path of a file by its number. */
  at(index: number): string;
}

/** Collects names in their order. */
export interface FileNamesBuilder {
  /** @param folder of the file, below the root; empty: the root itself */
  add(folder: string, name: string): void;
  /** The names so far. */
  build(): FileNames;
}

const FIRST_BYTES = 2 ** 16;

/** Nothing yet. */
export function fileNamesBuilder(): FileNamesBuilder {
  let bytes = Buffer.alloc(FIRST_BYTES);
  let ends = new Uint32Array(2 ** 10);
  let folderOf = new Uint32Array(ends.length);
  let count = 0;
  let used = 0;
  const folders = new Map<string, number>();

  function add(folder: string, name: string): void {
    if (!folders.has(folder)) folders.set(folder, folders.size);
    while (used + 3 * name.length > bytes.length) bytes = Buffer.concat([bytes], 2 * bytes.length);
    if (count === ends.length) [ends, folderOf] = [doubled(ends), doubled(folderOf)];
    used += bytes.write(name, used, 'utf8');
    ends[count] = used;
    folderOf[count++] = folders.get(folder) as number;
  }

  function build(): FileNames {
    const names = [...folders.keys()];
    const [text, last, inFolder] = [Buffer.from(bytes.subarray(0, used)), ends.slice(0, count), folderOf.slice(0, count)];
    return {
      count,
      at(index) {
        integerIn('file', index, 0, last.length - 1);
        const name = text.toString('utf8', last[index - 1] ?? 0, last[index]);
        const folder = names[inFolder[index] as number];
        return folder ? `${folder}/${name}` : name;
      },
    };
  }
  return { add, build };
}

function doubled(numbers: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
