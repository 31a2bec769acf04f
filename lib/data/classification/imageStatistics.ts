/** Mean and deviation of the channels of very many images: of a sample of them, which is looked at once. */
import { join } from 'node:path';
import { readText, writeAtomic } from '../../util/files';
import { cacheFolder } from '../../util/folders';
import { sha256 } from '../../util/hash';
import type { Random } from '../../util/rng';
import { readSource } from '../images/imageSource';
import { channelStatistics } from '../images/normalisation';
import type { ImageSource, Normalisation } from '../types';

/** Images that are looked at. Of 1,000 photographs a mean is off by some 0.005 (its standard error), which no training notices. */
const STATISTICS_SAMPLE = 1000;

/** So many at once in memory. */
const BATCH = 100;

/** Of images as they are for evaluation, drawn from the stream `statistics`; all of them where they are fewer. */
export async function sampleStatistics(source: ImageSource, draws: Random): Promise<Normalisation> {
  const numbers = draws.stream('statistics').permutation(source.count).subarray(0, STATISTICS_SAMPLE).slice().sort();
  const read: Uint8Array[] = [];
  for (let at = 0; at < numbers.length; at += BATCH) {
    read.push((await readSource(source, numbers.subarray(at, at + BATCH))).images);
  }
  const { height, width, channels } = source;
  const images = Buffer.concat(read);
  return channelStatistics({ height, width, channels, images, labels: new Uint8Array(numbers.length), count: numbers.length });
}

/** As they were found before, or found now and kept. @param key what decides them @param cache folder of the cache */
export async function keptStatistics(
  key: string,
  cache: string | undefined,
  find: () => Promise<Normalisation>,
): Promise<Normalisation> {
  const file = join(cacheFolder(cache), 'statistics', `${sha256(key)}.json`);
  const kept = readKept(file);
  if (kept) return kept;
  const found = await find();
  writeAtomic(file, `${JSON.stringify(found)}\n`);
  return found;
}

/** Nothing where there is none, or one that was damaged: it is found anew. */
function readKept(file: string): Normalisation | undefined {
  try {
    const { mean, std } = JSON.parse(readText(file, 'statistics', 2 ** 16)) as Normalisation;
    const holds = [mean, std].every((list) => Array.isArray(list) && list.every((value) => value >= 0 && value <= 1));
    return holds ? { mean, std } : undefined;
  } catch {
    return undefined;
  }
}
