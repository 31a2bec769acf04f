// @ts-check
/** Where pictures come from: samples, files that are opened or dropped, the camera. What goes wrong is said in the page. */
import { cameraObstacle, openCamera, pictureOfBlob, pictureOfVideo } from './pictures.js';
import { byId, made, showProblem } from './view.js';

/** @typedef {import('../pageData').PageData} PageData */
/** @typedef {ReturnType<typeof import('./bench.js').bench>} Bench */

/** Maps of a running camera take one part in so many of the time. */
const MAP_SHARE = 4;

/** @param {() => Promise<void>} act */
async function trying(act) {
  showProblem();
  try {
    await act();
  } catch (error) {
    showProblem(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Element} [sample] the one that is shown; undefined: none of them */
function mark(sample) {
  for (const one of document.querySelectorAll('.samples button')) one.setAttribute('aria-pressed', String(one === sample));
}

/**
 * Connects the page's controls.
 * @param {PageData} data
 * @param {Bench} shown
 * @returns the button of the first sample, if there is one
 */
export function connect({ samples }, shown) {
  const camera = cameraOf(shown);
  /** @param {Blob} blob @param {Element} [sample] */
  const show = async (blob, sample) => {
    const taken = await pictureOfBlob(blob);
    camera.stop();
    mark(sample);
    await shown.show(taken);
  };
  connectFiles((file) => trying(() => show(file)));
  const buttons = samples.map(({ file, label }, i) => {
    const name = label ?? `Picture ${i + 1}`;
    const sample = made('button', { type: 'button', title: name }, made('img', { src: file, alt: name }));
    sample.onclick = () =>
      trying(async () => {
        const response = await fetch(file);
        if (!response.ok) throw new Error(`${file}: the server answers ${response.status}.`);
        await show(await response.blob(), sample);
      });
    return sample;
  });
  byId('samples').append(...buttons.map((sample) => made('li', {}, sample)));
  return buttons[0];
}

/** @param {(file: Blob) => Promise<void>} open */
function connectFiles(open) {
  const input = /** @type {HTMLInputElement} */ (byId('file'));
  input.onchange = () => {
    const [file] = input.files ?? [];
    if (file) void open(file).finally(() => (input.value = '')); // the same file again is a picture again
  };
  const dropping = (/** @type {boolean} */ is) => document.body.classList.toggle('dropping', is);
  document.ondragover = (event) => {
    event.preventDefault();
    dropping(true);
  };
  document.ondragleave = (event) => void (event.relatedTarget === null && dropping(false));
  document.ondrop = (event) => {
    event.preventDefault();
    dropping(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) void open(file);
    else showProblem('What was dropped is no file: save the picture first, and drop that.');
  };
}

/** @param {Bench} shown */
function cameraOf(shown) {
  const video = /** @type {HTMLVideoElement} */ (byId('video'));
  const button = byId('camera');
  /** @type {(() => void) | undefined} */
  let close;

  function stop() {
    close?.();
    close = undefined;
    button.textContent = 'Use the camera';
  }

  async function film() {
    let free = 0; // when the next maps may be made
    while (close) {
      const started = performance.now();
      const withMaps = started >= free;
      await shown.glance(pictureOfVideo(video), withMaps);
      const now = performance.now();
      if (withMaps) free = now + MAP_SHARE * (now - started);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }

  async function press() {
    if (close) {
      const last = pictureOfVideo(video);
      stop();
      return shown.show(last);
    }
    close = await openCamera(video);
    button.textContent = 'Take this picture';
    mark();
    await film();
  }

  const obstacle = cameraObstacle();
  button.hidden = obstacle !== undefined;
  if (obstacle !== undefined) byId('hint').textContent = `or drop one anywhere on this page. ${obstacle}`;
  button.onclick = () => trying(press);
  return { stop };
}
