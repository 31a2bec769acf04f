// @ts-check
/** What is shown: the picture, what the networks say of it, and where they look, again with every picture. */
import { library } from './library.js';
import { byId, drawSeen, showAnswers, showMaps } from './view.js';

/** @typedef {import('../pageData').PageData} PageData */
/** @typedef {import('../page/pageNetwork').PageNetwork} PageNetwork */
/** @typedef {import('../../data/types').ImageSet} ImageSet */
/** @typedef {import('./pictures.js').Taken} Taken */

/** Classes in a list. */
const TOP = 5;
/** Passes before time is taken, and of those whose median is shown. */
const WARM = 2;
export const TIMED = 9;

/** @param {ArrayLike<number>} logits */
function likeliest(logits) {
  const values = Array.from(logits);
  const most = Math.max(...values);
  const sum = values.reduce((total, logit) => total + Math.exp(logit - most), 0);
  return values
    .map((logit, ofClass) => ({ ofClass, probability: Math.exp(logit - most) / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, TOP);
}

/** @param {readonly number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** Lets the browser draw and hear. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

/**
 * The networks' answers, with medians of their last times.
 * @param {readonly PageNetwork[]} networks
 */
function answering(networks) {
  /** @type {Map<PageNetwork, number[]>} */
  const times = new Map(networks.map((network) => [network, []]));
  return {
    forgetTimes() {
      for (const last of times.values()) last.length = 0;
    },
    /** @param {ImageSet} image */
    async answers(image) {
      const found = [];
      for (const [network, last] of times) {
        const { logits, milliseconds } = await network.predict(image);
        last.push(milliseconds);
        if (last.length > TIMED) last.shift();
        found.push({ network, top: likeliest(logits), milliseconds: median(last) });
      }
      return found;
    },
  };
}

/**
 * What is shown now, and how it changes.
 * @param {PageData} data
 * @param {readonly PageNetwork[]} networks
 */
export function bench({ classNames, image: imageData }, networks) {
  const canvas = /** @type {HTMLCanvasElement} */ (byId('picture'));
  const asking = answering(networks);
  /** @type {ImageSet | undefined} */
  let image;
  /** @type {Awaited<ReturnType<typeof asking.answers>>} */
  let answers = [];
  /** @type {number | undefined} the class that was asked for; else what the student takes it for */
  let asked;
  let turn = 0; // a picture that comes while another is looked at is the one that counts

  const explained = () => asked ?? answers.at(-1)?.top[0]?.ofClass ?? 0;

  function showAll() {
    showAnswers(answers, classNames, explained(), (ofClass) => {
      asked = ofClass;
      showAll();
      void explain();
    });
  }

  async function explain() {
    if (!image) return;
    const [of, mine, ofClass] = [image, turn, explained()];
    byId('main').classList.add('busy');
    byId('looks-text').textContent =
      `What in the picture speaks for “${classNames[ofClass]}”, by layer-wise relevance propagation. Press another class to see that one’s.`;
    const figures = [];
    for (const network of networks) {
      await breathe();
      if (mine !== turn || ofClass !== explained()) return;
      const maps = network.explain(of, ofClass);
      for (const map of maps) figures.push({ title: titleOf(network, map.of), map, whole: maps[0] ?? map });
    }
    showMaps(figures, canvas);
    byId('main').classList.remove('busy');
  }

  /** @param {Taken} taken */
  function look({ source, picture }) {
    turn += 1;
    image = library.imageOfPicture(picture, imageData);
    drawSeen(canvas, source, picture, library.seenOf(picture, imageData), imageData.pixels);
    byId('empty').hidden = true;
    return { of: image, mine: turn };
  }

  return {
    /** @param {Taken} taken */
    async show(taken) {
      asked = undefined;
      const { of, mine } = look(taken);
      for (let pass = 0; pass < WARM + TIMED; pass++) {
        if (pass === WARM) asking.forgetTimes();
        const found = await asking.answers(of);
        if (mine !== turn) return;
        answers = found;
        if (pass === 0) showAll();
      }
      showAll();
      await explain();
      document.documentElement.dataset['shown'] = String(mine);
    },
    /** @param {Taken} taken @param {boolean} withMaps */
    async glance(taken, withMaps) {
      const { of, mine } = look(taken);
      const found = await asking.answers(of);
      if (mine !== turn) return;
      answers = found;
      showAll();
      if (withMaps) await explain();
    },
  };
}

/**
 * @param {PageNetwork} network
 * @param {string} of
 */
function titleOf({ role }, of) {
  if (of === 'whole') return role === 'teacher' ? 'Teacher' : 'Student';
  return of === 'inheritance' ? 'Inheritance half' : 'Exploration half';
}
