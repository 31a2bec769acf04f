/** Files that are given as weights and are something else, known by their first bytes: what they are, and what to do. */
import { refusePhrase } from '../util/check';
import { CHECKPOINT_FORMAT, type FileFormat } from './fileFormats';

const OURS = 'name a .safetensors file of a run (student-last.safetensors), or one that saveWeights has written';
const PICKLE = 'of Python’s pickles only files of torch.save are read: in Python, torch.save(model.state_dict(), path)';
const WANTED = 'its weights are read where a network is wanted: loadWeights(network, path), or --teacher';
const AGAIN = 'it is no network but a page about it: fetch the file itself';
const UNPACK = 'unpack it first';

interface Kind {
  readonly is: string;
  readonly hint: string;
  /** @param text the first 1,024 bytes, a character each @param end the last 64 kB, where an archive lists what is in it */
  readonly fits: (text: string, end: string) => boolean;
}

const starts =
  (...beginnings: readonly string[]) =>
  (text: string): boolean =>
    beginnings.some((beginning) => text.startsWith(beginning));

const EMPTY = 'writing or copying it was cut short: use a copy, or write it again';

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  { is: 'an empty file', hint: EMPTY, fits: (text) => text.length === 0 },
  { is: 'nothing but zero bytes', hint: EMPTY, fits: (text) => /^\0+$/.test(text) },
  {
    is: 'a pointer of Git LFS',
    hint: 'fetch the file that it stands for: git lfs pull',
    fits: starts('version https://git-lfs'),
  },
  { is: 'a page of HTML', hint: AGAIN, fits: (text) => /^\s*<(!doctype\s+html|html|head|body)/i.test(text) },
  { is: 'XML', hint: OURS, fits: (text) => /^\s*<\?xml/.test(text) },
  {
    is: 'a file of PyTorch (.pth, .pt)',
    hint: WANTED,
    fits: (text, end) => starts('PK\x03\x04')(text) && /\/(data\.pkl|version|byteorder)/.test(text + end),
  },
  // Its first pickle is a number of PyTorch's own.
  {
    is: 'a file of PyTorch (.pth, .pt)',
    hint: WANTED,
    fits: (text) => starts('\x80\x02')(text) && text.includes('l\xfc\x9cF\xf9 j\xa8P\x19'),
  },
  { is: 'a pickle of Python', hint: PICKLE, fits: starts('\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05') },
  { is: 'arrays of NumPy (.npz)', hint: OURS, fits: (text) => starts('PK\x03\x04')(text) && /\.npy/.test(text) },
  { is: 'a zip archive', hint: UNPACK, fits: starts('PK\x03\x04', 'PK\x05\x06') },
  { is: 'an array of NumPy (.npy)', hint: OURS, fits: starts('\x93NUMPY') },
  { is: 'a file of HDF5 (Keras, .h5)', hint: WANTED, fits: starts('\x89HDF\r\n\x1a\n') },
  { is: 'a file compressed by gzip', hint: UNPACK, fits: starts('\x1f\x8b') },
  { is: 'a file compressed by bzip2, xz or zstd', hint: UNPACK, fits: starts('BZh', '\xfd7zXZ\0', '\x28\xb5\x2f\xfd') },
  { is: 'a tar archive', hint: UNPACK, fits: (text) => text.slice(257, 262) === 'ustar' },
  { is: 'a picture', hint: OURS, fits: starts('\x89PNG', '\xff\xd8\xff', 'GIF8') },
  { is: 'a PDF', hint: OURS, fits: starts('%PDF-') },
  { is: 'JSON', hint: OURS, fits: (text) => /^(\xef\xbb\xbf)?\s*[{[]\s*["{[\]}]/.test(text) },
  {
    is: 'text',
    hint: OURS,
    fits: (text) =>
      /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(text) &&
      /^[\t\n\r\x20-\x7e]+/.exec(text.slice(0, 8))?.[0].length === Math.min(8, text.length),
  },
  // A length of more than 4 GB is none: the bytes are something else's.
  { is: 'something else', hint: OURS, fits: (text) => text.length >= 8 && text.slice(4, 8) !== '\0\0\0\0' },
];

/** An archive lists what is in it at its end. */
const LIST = 65_536;

/** Refuses a file whose beginning is that of another format. @param wanted what it was to be @throws InputError saying which */
export function refuseForeign(bytes: Uint8Array, where: string, wanted?: FileFormat): void {
  const part = (from: number, to: number): string => {
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  };
  const text = part(0, Math.min(bytes.length, 1024));
  // Eight bytes of length, of which the last are 0, and a header in JSON: nothing else begins so.
  const ours = text.slice(4, 8) === '\0\0\0\0' && text[8] === '{';
  const end = starts('PK')(text) ? part(Math.max(0, bytes.length - LIST), bytes.length) : '';
  const kind = ours ? undefined : KINDS.find(({ fits }) => fits(text, end));
  if (!kind) return;
  throw refusePhrase(
    where,
    wanted ? `${wanted.is} (safetensors)` : 'a safetensors file',
    kind.is,
    wanted === CHECKPOINT_FORMAT ? wanted.hint : kind.hint,
  );
}
