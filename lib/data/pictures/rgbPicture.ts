/** Pictures in memory, each with a size of its own. */
import { integerIn, refuse, refusePhrase } from '../../util/check';

/** Red, green and blue bytes. */
export interface RgbPicture {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3] */
  readonly bytes: Uint8Array;
}

/** Channels of a picture. */
export const CHANNELS = 3;

/** Pixels of a side, in any format of pictures. */
export const LARGEST_SIDE = 65_536;

/** @throws InputError naming `where`, for what is no picture or not as large as it says */
export function pictureIn(where: string, { height, width, bytes }: RgbPicture): void {
  for (const [name, side] of Object.entries({ height, width })) integerIn(`${where}: ${name}`, side, 1, LARGEST_SIDE);
  if (!(bytes instanceof Uint8Array)) throw refuse(`${where}: bytes`, 'a Uint8Array', bytes);
  if (bytes.length !== height * width * CHANNELS) {
    throw refusePhrase(`${where}: bytes`, `${height * width * CHANNELS} of ${height}×${width} pixels`, `${bytes.length}`);
  }
}
