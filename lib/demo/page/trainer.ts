/** What the training page's script takes from the library. */
import { imageSet } from '../../data/images/imageSet';
import type { ImageSet } from '../../data/types';
import { startBrowserBackend } from '../../engine/browser/browserEngine';
import { startBrowserWebgpu } from '../../engine/browser/browserWebgpu';
import { tf } from '../../engine/tf';
import { exportedModel } from '../../export/tfjs/exportedModel';
import type { Network } from '../../models/types';
import type { PageData, PageNetworkData } from '../pageData';

export { pageTraining } from './pageTraining';

/** Starts WebGPU, or what else trains: WebAssembly, plain JavaScript. @param wanted `webgpu`, `wasm` or `cpu` @returns its name */
export async function startTrainer(folder: string, wanted = 'webgpu'): Promise<string> {
  if (wanted === 'webgpu' && (await startBrowserWebgpu())) return wanted;
  return startBrowserBackend(folder, wanted === 'webgpu' ? 'wasm' : wanted);
}

/** The page's own images. */
export async function trainingSet({ training, image }: PageData): Promise<ImageSet> {
  if (!training) throw new Error('demo.json names no images to train on; write the page again with iekd demo --train.');
  const [images, labels] = await Promise.all([training.images, training.labels].map(bytesOf));
  const [height, width] = image.pixels;
  return imageSet('the training images', images as Uint8Array, labels as Uint8Array, { height, width, channels: image.channels });
}

/** The exported teacher, for whose answers the student learns. */
export async function trainingTeacher({ folder, spec }: PageNetworkData): Promise<Network> {
  return exportedModel(await tf.loadLayersModel(`${folder}/model.json`), spec);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file}: the server answers ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
