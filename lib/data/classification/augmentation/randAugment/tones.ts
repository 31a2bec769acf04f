/** Pillow's ImageOps, each a table of 256 tones, for `autoContrast` and `equalize` one a channel. */
import type { ByteImage } from './byteImage';

/** Keeps so many of the upper bits. */
export const posterize = (image: ByteImage, bits: number): Uint8Array => toned(image, () => (v) => v & (0xff00 >> bits));

/** Turns round what is not below the threshold. */
export const solarize = (image: ByteImage, threshold: number): Uint8Array =>
  toned(image, () => (v) => (v < threshold ? v : 255 - v));

/** The darkest becomes 0, the lightest 255. */
export const autoContrast = (image: ByteImage): Uint8Array =>
  toned(image, (counts) => {
    const used = usedTones(counts);
    const [low = 0, high = 0] = [used[0], used.at(-1)];
    const scale = 255 / (high - low);
    return high <= low ? (v) => v : (v) => Math.min(Math.max(Math.trunc(v * scale - low * scale), 0), 255);
  });

/** As many pixels of each tone as there may be: its place among all pixels, by Pillow's whole numbers. */
export const equalize = (image: ByteImage): Uint8Array =>
  toned(image, (counts) => {
    const last = counts[usedTones(counts).at(-1) ?? 0] as number;
    const step = Math.floor((counts.reduce((a, b) => a + b, 0) - last) / 255);
    if (step === 0) return (v) => v;
    let below = Math.floor(step / 2);
    const table = counts.map((n) => {
      const tone = Math.floor(below / step);
      below += n;
      return tone;
    });
    return (v) => Math.min(table[v] as number, 255);
  });

const usedTones = (counts: readonly number[]): number[] => [...counts.keys()].filter((v) => (counts[v] as number) > 0);

/** @param tone what becomes of a value, by how many pixels of its channel have each */
function toned({ bytes }: ByteImage, tone: (counts: readonly number[]) => (value: number) => number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let c = 0; c < 3; c++) {
    const counts = new Array<number>(256).fill(0);
    for (let i = c; i < bytes.length; i += 3) counts[bytes[i] as number] = (counts[bytes[i] as number] as number) + 1;
    const change = tone(counts);
    const table = Uint8Array.from({ length: 256 }, (_, v) => change(v));
    for (let i = c; i < bytes.length; i += 3) out[i] = table[bytes[i] as number] as number;
  }
  return out;
}
