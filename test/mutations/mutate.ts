/** Changes to the bytes of a file, as disks, networks, editors and enemies make them; equal draws give equal changes. */
import type { RandomStream as Stream } from 'iekd/dist/util/rng';

type Change = (bytes: Buffer, draw: Stream) => Buffer;

const at = (bytes: Buffer, draw: Stream): number => draw.below(Math.max(1, bytes.length));

/** Where a range of at most so many bytes begins and ends. */
function range(bytes: Buffer, draw: Stream, most: number): [number, number] {
  const start = at(bytes, draw);
  return [start, Math.min(bytes.length, start + 1 + draw.below(most))];
}

const replaced = (bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);

const noise = (draw: Stream, most: number): Buffer =>
  Buffer.from(Array.from({ length: 1 + draw.below(most) }, () => draw.below(256)));

/** What numbers and texts become. */
const ODD = [
  ...['NaN', '-1', '0', '0.5', '1e999', '-1e308', '1e-320', '9007199254740993', '123456789012345678901234567890', '"x"', '""'],
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '[[[[]]]]',
    '{"toString":1}',
    '{"__proto__":{"a":1}}',
    '{"constructor":null}',
    "'x'",
    '01',
    '+1',
  ],
  ...[
    '"\\ud800"',
    '"\u0000"',
    '[1,]',
    '['.repeat(5000),
    '{"a":'.repeat(5000),
    `"${'x'.repeat(100_000)}"`,
    '8.899',
    '2',
    '7',
    'resnet999998',
  ],
];
const KEYS = ['__proto__', 'toString', 'constructor', 'hasOwnProperty', '', 'name', 'x'.repeat(5000)];

/** Replaces one match of a form by one of the texts. */
const replacing =
  (form: RegExp, texts: readonly string[]): Change =>
  (bytes, draw) => {
    const found = [...bytes.toString('latin1').matchAll(form)];
    const match = found[draw.below(Math.max(1, found.length))];
    if (!match) return bytes;
    return replaced(bytes, match.index, match.index + match[0].length, Buffer.from(texts[draw.below(texts.length)] ?? ''));
  };

const CHANGES: readonly Change[] = [
  (bytes, draw) => {
    const copy = Buffer.from(bytes);
    const place = at(bytes, draw);
    copy[place] = (copy[place] ?? 0) ^ (1 << draw.below(8));
    return copy;
  },
  (bytes, draw) => replaced(bytes, ...range(bytes, draw, 1), noise(draw, 1)),
  (bytes, draw) => replaced(bytes, ...range(bytes, draw, 200), Buffer.alloc(0)),
  (bytes, draw) => {
    const place = at(bytes, draw);
    return replaced(bytes, place, place, noise(draw, 50));
  },
  (bytes, draw) => {
    const [start, end] = range(bytes, draw, 400);
    return replaced(bytes, end, end, bytes.subarray(start, end));
  },
  (bytes, draw) => bytes.subarray(0, at(bytes, draw)),
  (bytes, draw) => {
    const [start, end] = range(bytes, draw, 512);
    return replaced(bytes, start, end, Buffer.alloc(end - start));
  },
  (bytes) => Buffer.concat([Buffer.from('\uFEFF'), bytes]),
  (bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le'),
  (bytes, draw) => Buffer.concat([noise(draw, 40), bytes]),
  replacing(/-?\d+(\.\d+)?(e-?\d+)?/g, ODD),
  replacing(/-?\d+(\.\d+)?(e-?\d+)?/g, ['3', '0.125', '0.9', '17', '1', '100']),
  replacing(/"[^"\\]{0,40}"(?!\s*:)/g, ODD),
  replacing(/(?<=")[^"\\]{0,40}(?="\s*:)/g, KEYS),
  replacing(/"[^"\\]{0,40}"\s*:/g, ['"seed":1,"seed":', '"a":1,', '']),
  replacing(/[{}[\],:]/g, ['', ',', '}', '[', '{', ']', ':']),
  replacing(/\d/g, ['0', '1', '5', '9', '-', '.']),
];

/** The file with one to three changes. */
export function mutated(file: Buffer, draw: Stream): Buffer {
  let bytes = file;
  for (let left = 1 + draw.below(3); left > 0; left--) bytes = (CHANGES[draw.below(CHANGES.length)] as Change)(bytes, draw);
  return bytes;
}
