// @ts-check
/** Pictures from files and from the camera: something to draw from, and its bytes as the library takes them. */

/** @typedef {import('../../data/pictures/rgbPicture').RgbPicture} RgbPicture */
/** @typedef {{ source: CanvasImageSource, picture: RgbPicture }} Taken */

/** Pixels of a picture, at most: as many as the library decodes. */
const MOST_PIXELS = 100_000_000;

/**
 * Turned as its file says, colours as they are stored: as the library decodes it.
 * @param {Blob} blob
 * @returns {Promise<Taken>}
 */
export async function pictureOfBlob(blob) {
  /** @type {ImageBitmapOptions} */
  const asStored = { imageOrientation: 'from-image', colorSpaceConversion: 'none', premultiplyAlpha: 'none' };
  const bitmap = await createImageBitmap(blob, asStored).catch(() => undefined);
  if (!bitmap) throw new Error('This file is no picture that the browser can read: try a JPEG, PNG or WebP.');
  if (bitmap.width * bitmap.height > MOST_PIXELS) {
    throw new Error(`This picture has ${bitmap.width}×${bitmap.height} pixels: try one of at most 100 million.`);
  }
  return taken(bitmap, bitmap.width, bitmap.height);
}

/**
 * What a video shows now.
 * @param {HTMLVideoElement} video
 */
export const pictureOfVideo = (video) => taken(video, video.videoWidth, video.videoHeight);

/**
 * @param {CanvasImageSource} source
 * @param {number} width
 * @param {number} height
 * @returns {Taken}
 */
function taken(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives no canvas to read a picture with.');
  context.drawImage(source, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const bytes = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < bytes.length; from += 4) {
    bytes[to++] = /** @type {number} */ (data[from]);
    bytes[to++] = /** @type {number} */ (data[from + 1]);
    bytes[to++] = /** @type {number} */ (data[from + 2]);
  }
  return { source: canvas, picture: { height, width, bytes } };
}

/** Why there can be no camera in this page; undefined where there can. */
export function cameraObstacle() {
  if (!globalThis.isSecureContext) return 'The camera needs a secure page: open this one at http://localhost or over https.';
  return navigator.mediaDevices?.getUserMedia === undefined ? 'This browser gives pages no camera.' : undefined;
}

/** What went wrong, by the names that browsers have for it. */
const CAMERA_ERRORS = new Map([
  ['NotAllowedError', 'The browser was not allowed to use the camera: allow it for this page, and try again.'],
  ['NotFoundError', 'No camera was found.'],
  ['NotReadableError', 'The camera is in use by another program.'],
]);

/**
 * Starts the camera in a video.
 * @param {HTMLVideoElement} video
 * @returns {Promise<() => void>} what stops it
 */
export async function openCamera(video) {
  try {
    const wanted = { video: { facingMode: 'environment', width: { ideal: 640 }, height: { ideal: 480 } }, audio: false };
    const stream = await navigator.mediaDevices.getUserMedia(wanted);
    video.srcObject = stream;
    await video.play();
    return () => {
      for (const track of stream.getTracks()) track.stop();
      video.srcObject = null;
    };
  } catch (error) {
    const { name, message } = /** @type {DOMException} */ (error);
    throw new Error(CAMERA_ERRORS.get(name) ?? `The camera does not start: ${message}.`);
  }
}
