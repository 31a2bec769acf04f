/** Several sets of samples as one: VOC 2007 and 2012 together. */
import { refusePhrase } from '../../util/check';
import type { DetectionSamples } from './detectionSample';

/** All samples, in their order. @throws InputError where classes differ, and for a picture that is in two sets */
export function joinSamples(first: DetectionSamples, ...others: readonly DetectionSamples[]): DetectionSamples {
  const { classNames } = first;
  const pictures = new Set(first.samples.map(({ picture }) => picture));
  for (const [i, other] of others.entries()) {
    const where = `joinSamples: set ${i + 2}`;
    if (other.classNames.join('\n') !== classNames.join('\n')) {
      throw refusePhrase(where, `the classes ${classNames.join(', ')}`, other.classNames.join(', '));
    }
    for (const { picture } of other.samples) {
      if (pictures.has(picture)) throw refusePhrase(where, 'every picture once', `${picture} again`);
      pictures.add(picture);
    }
  }
  return { classNames, samples: [first, ...others].flatMap(({ samples }) => samples) };
}
