// @ts-check
/** What the page shows: texts go in as texts, never as HTML. */

/** @typedef {import('../page/pageNetwork').PageMap} PageMap */
/** @typedef {import('../pageData').PageNetworkData} PageNetworkData */

/**
 * The element with this id, which is in index.html.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 */
export const byId = (id) => /** @type {T} */ (document.getElementById(id));

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @param {...(Node | string)} content
 */
export function made(tag, properties, ...content) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...content);
  return element;
}

/**
 * A sentence that must be read; undefined: none.
 * @param {string} [text]
 */
export function showProblem(text) {
  const problem = byId('problem');
  problem.textContent = text ?? '';
  problem.hidden = text === undefined;
}

/**
 * One network's answers. @typedef {object} Answer
 * @property {PageNetworkData} network
 * @property {readonly { ofClass: number, probability: number }[]} top
 * @property {number} milliseconds
 */

/**
 * Cards with the likeliest classes; pressing one asks for its relevance.
 * @param {readonly Answer[]} answers
 * @param {readonly string[]} classNames
 * @param {number} chosen the class that the maps explain
 * @param {(ofClass: number) => void} onChoose
 */
export function showAnswers(answers, classNames, chosen, onChoose) {
  const cards = answers.map(({ network, top, milliseconds }, place) => {
    const rows = top.map(({ ofClass, probability }) => {
      const name = classNames[ofClass] ?? '';
      const bar = made('i', {});
      bar.style.width = `${100 * probability}%`;
      const button = made('button', { type: 'button', title: `Explain ${name}`, onclick: () => onChoose(ofClass) });
      button.dataset['place'] = `${place}/${ofClass}`;
      button.setAttribute('aria-pressed', String(ofClass === chosen));
      button.append(bar, made('span', {}, name), made('span', {}, percent(probability)));
      return made('li', {}, button);
    });
    const role = network.role === 'teacher' ? 'Teacher' : 'Student';
    const heading = made('h2', {}, role, made('small', {}, network.name));
    const list = made('ol', { className: 'top', ariaLabel: `The likeliest classes, by the ${network.role}` }, ...rows);
    return made('article', { className: 'card' }, heading, list, facts(network, milliseconds));
  });
  replaceKeepingFocus(byId('answers'), cards);
}

/**
 * Buttons are made anew with every answer; the one that had the focus keeps it.
 * @param {HTMLElement} element
 * @param {readonly HTMLElement[]} content
 */
function replaceKeepingFocus(element, content) {
  const place = document.activeElement instanceof HTMLElement ? document.activeElement.dataset['place'] : undefined;
  element.replaceChildren(...content);
  if (place !== undefined) /** @type {HTMLElement | null} */ (element.querySelector(`[data-place="${place}"]`))?.focus();
}

/**
 * @param {PageNetworkData} network
 * @param {number} milliseconds
 */
function facts({ bytes, parameters }, milliseconds) {
  const list = made('dl', { className: 'facts' });
  const rows = [
    ['Time', `${decimals(milliseconds)} ms`],
    ['Size', `${decimals(bytes / 1e6)} MB`],
    ['Parameters', parameters < 1e5 ? parameters.toLocaleString('en-GB') : `${(parameters / 1e6).toFixed(2)} M`],
  ];
  for (const [name = '', value = ''] of rows) list.append(made('div', {}, made('dt', {}, name), made('dd', {}, value)));
  return list;
}

/** @param {number} value */
const decimals = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);

/** @param {number} share */
const percent = (share) => (share > 0 && share < 0.001 ? '< 0.1 %' : `${(100 * share).toFixed(1)} %`);

/** Side of the pictures, in pixels of their canvases. */
const SIDE = 480;
/** A source that is no wider is shown in its own pixels. */
const FEW_PIXELS = 96;

/**
 * Draws the part of a picture that the networks see.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasImageSource} source
 * @param {{ readonly height: number, readonly width: number }} size of the source
 * @param {readonly [number, number, number, number]} seen of the source, [0, 1]
 * @param {readonly [number, number]} pixels [height, width] of the image
 */
export function drawSeen(canvas, source, { height, width }, [x1, y1, x2, y2], pixels) {
  const context = sized(canvas, pixels);
  context.imageSmoothingEnabled = width > FEW_PIXELS;
  context.imageSmoothingQuality = 'high';
  const [left, top] = [x1 * width, y1 * height];
  context.drawImage(source, left, top, x2 * width - left, y2 * height - top, 0, 0, canvas.width, canvas.height);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {readonly [number, number]} pixels
 */
function sized(canvas, [height, width]) {
  canvas.width = SIDE;
  canvas.height = Math.round((SIDE * height) / width);
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
}

/** What black becomes below a map, 0 … 255; white stays white. The image is grey and pale, so that every colour is the map's. */
const PALEST_BLACK = 140;
/** Of the colour at full range. */
const OPACITY = 0.9;
/** Red, green and blue of what speaks against a class, and for it: those of the library's figures. */
const AGAINST = [0x00, 0x72, 0xb2];
const FOR = [0xd5, 0x5e, 0x00];

/**
 * Figures of maps over the picture.
 * @param {readonly { title: string, map: PageMap, whole: PageMap }[]} figures
 * @param {HTMLCanvasElement} seen the picture, as `drawSeen` has drawn it
 */
export function showMaps(figures, seen) {
  const drawn = figures.map(({ title, map, whole }) => {
    const canvas = made('canvas', { width: seen.width, height: seen.height });
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${title}: a map of relevance over the picture`);
    drawMap(/** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d')), map, seen);
    return made('figure', {}, canvas, made('figcaption', {}, title, made('small', {}, shareText(map, whole))));
  });
  byId('maps').replaceChildren(...drawn);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {PageMap} map
 * @param {HTMLCanvasElement} seen
 */
function drawMap(context, { values, height, width }, seen) {
  context.drawImage(seen, 0, 0);
  const picture = context.getImageData(0, 0, seen.width, seen.height);
  const { data } = picture;
  for (let i = 0; i < data.length; i += 4) {
    const grey = 0.299 * Number(data[i]) + 0.587 * Number(data[i + 1]) + 0.114 * Number(data[i + 2]);
    data.fill(PALEST_BLACK + (grey * (255 - PALEST_BLACK)) / 255, i, i + 3);
  }
  context.putImageData(picture, 0, 0);
  const colours = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  values.forEach((value, i) => {
    const alpha = Math.round(255 * OPACITY * Math.min(1, Math.abs(value)));
    pixels.data.set([...(value < 0 ? AGAINST : FOR), alpha], 4 * i);
  });
  colours.getContext('2d')?.putImageData(pixels, 0, 0);
  context.drawImage(colours, 0, 0, seen.width, seen.height);
}

/**
 * How much of a network's relevance came through a half.
 * @param {PageMap} map
 * @param {PageMap} whole
 */
function shareText(map, whole) {
  const signed = `${map.total < 0 ? '−' : ''}${Math.abs(map.total).toFixed(2)}`;
  const share = map.total / whole.total;
  return map !== whole && share >= 0 && share <= 1 ? `${(100 * share).toFixed(0)} % of the student’s` : `relevance ${signed}`;
}
