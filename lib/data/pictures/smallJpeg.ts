/**
 * Small JPEGs by libjpeg-turbo, compiled to WebAssembly: the decoder that sharp has inside, so the same bytes (600 photographs, and a table of
 * kinds in its test), without the 0.6 ms that libvips needs for any picture, and in the thread that asked. Of a core, in ms, sharp and this:
 * 64×64 pixels 1.0 and 0.1, 224×224 1.6 and 0.8, 500×375 3.4 and 3.1, 1000×750 7.0 and 13; measured on a busy machine.
 */
import { CHANNELS, type RgbPicture } from './rgbPicture';

/** From here on vector instructions, which only sharp's has, are worth more. 362 pixels squared; a thread keeps some 2 MB for it. */
export const SMALL_PIXELS = 2 ** 17;

type Decoder = import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs').JPEGDecoder;

let loaded: Promise<Decoder | undefined> | undefined;

/** The picture of a JPEG's bytes, grey or in colours; undefined of what sharp is to judge: CMYK, what is broken, and where the package is missing. */
export async function decodeSmallJpeg(bytes: Uint8Array): Promise<RgbPicture | undefined> {
  loaded ??= load();
  const decoder = await loaded;
  if (!decoder) return undefined;
  decoder.getEncodedBuffer(bytes.length).set(bytes);
  try {
    decoder.decode();
  } catch {
    return undefined;
  }
  const { height, width, componentCount } = decoder.getFrameInfo();
  const values = decoder.getDecodedBuffer();
  if (values.length !== height * width * componentCount) return undefined;
  if (componentCount === CHANNELS) return { height, width, bytes: new Uint8Array(values) };
  return componentCount === 1 ? { height, width, bytes: coloured(values) } : undefined;
}

async function load(): Promise<Decoder | undefined> {
  try {
    const instantiate: typeof import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs') = require('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    const { JPEGDecoder } = await instantiate({ printErr: () => undefined });
    return new JPEGDecoder();
  } catch {
    return undefined;
  }
}

function coloured(grey: Uint8ClampedArray): Uint8Array {
  const bytes = new Uint8Array(grey.length * CHANNELS);
  for (let i = 0; i < grey.length; i++) bytes.fill(grey[i] as number, i * CHANNELS, (i + 1) * CHANNELS);
  return bytes;
}
