// @ts-check
/** The page: reads demo.json, loads the networks, and shows the first picture. */
import { bench, TIMED } from './bench.js';
import { library } from './library.js';
import { connect } from './sources.js';
import { byId, made, showProblem } from './view.js';

/** @typedef {import('../pageData').PageData} PageData */
/** @typedef {import('../page/pageNetwork').PageNetwork} PageNetwork */

const BACKENDS = { webgl: 'the graphics card (WebGL)', wasm: 'WebAssembly', cpu: 'plain JavaScript, slowly' };

/** @returns {Promise<PageData>} */
async function readData() {
  const response = await fetch('demo.json');
  if (!response.ok) throw new Error(`demo.json: the server answers ${response.status}; write the page again with iekd demo.`);
  return response.json();
}

/**
 * @param {PageData} data
 * @param {keyof typeof BACKENDS} backend
 */
function introduce({ dataset, method, networks, image: { pixels }, training }, backend) {
  const teacher = networks.find(({ role }) => role === 'teacher');
  const student = networks.find(({ role }) => role === 'student');
  const title = `${student?.name}${teacher ? ` beside its teacher, ${teacher.name}` : ''}`;
  document.title = title;
  byId('title').textContent = title;
  const how = [
    method ? `Trained by ${method}` : 'Trained',
    dataset ? ` on ${dataset}` : '',
    `, computed here by ${BACKENDS[backend]}.`,
  ];
  byId('subtitle').textContent = `${how.join('')} No picture leaves this page.`;
  const notes = [
    `Pictures are brought to ${pixels[1]}×${pixels[0]} pixels as the library brings test images. Times are medians of ${TIMED} passes of one image, warm; sizes are those of the exported files.`,
    student && student.halves.length > 0
      ? 'Maps have a scale each. A half’s map is what comes down when the relevance of the other half’s channels is cut; both add up to the student’s.'
      : 'Maps have a scale each.',
  ];
  byId('notes').textContent = `${notes.join(' ')} `;
  if (training)
    byId('notes').append(made('a', { href: 'train.html', textContent: 'Train such a student anew in this browser.' }));
}

/** Names of programs that play a graphics card: WebAssembly is faster than they are. */
const PLAYED = /swiftshader|llvmpipe|softpipe|software|basic render/i;

function usualBackend() {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const named = gl?.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl && named ? String(gl.getParameter(named.UNMASKED_RENDERER_WEBGL)) : '';
  return gl && !PLAYED.test(renderer) ? 'webgl' : 'wasm';
}

async function main() {
  const data = await readData();
  const wanted = new URLSearchParams(location.search).get('backend');
  const backend = await library.startBrowserBackend('tfjs/', wanted ?? usualBackend());
  /** @type {PageNetwork[]} */
  const networks = [];
  for (const one of data.networks) {
    networks.push(
      await library.loadPageNetwork(one).catch((error) => {
        throw new Error(`The ${one.role} does not load: ${error instanceof Error ? error.message : error}`);
      }),
    );
  }
  introduce(data, backend);
  const first = connect(data, bench(data, networks));
  byId('status').hidden = true;
  byId('main').hidden = false;
  first?.click();
  document.documentElement.dataset['ready'] = backend;
}

main().catch((error) => {
  byId('status').hidden = true;
  showProblem(error instanceof Error ? error.message : String(error));
});
