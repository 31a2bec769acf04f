// @ts-check
/** The page that trains: a fresh student on the images beside it, until it is stopped, with the loss of every step. */
import { library } from './trainer.js';
import { byId, showProblem } from './view.js';

/** @typedef {import('../pageData').PageData} PageData */
/** @typedef {import('../page/pageTraining').PageTraining} PageTraining */

/** @type {Readonly<Record<string, string>>} */
const ENGINES = { webgpu: 'the graphics card (WebGPU)', wasm: 'WebAssembly', cpu: 'plain JavaScript, slowly' };
/** Steps over which loss and speed are averaged. */
const RECENT = 20;
/** Images on which the share of right answers is taken, and steps between. */
const [MEASURED, BETWEEN] = [500, 50];
const [WIDTH, HEIGHT] = [600, 240];

/** @param {readonly number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** @param {readonly number[]} losses */
function draw(losses) {
  const top = Math.max(...losses);
  const points = losses.map(
    (loss, i) => `${(i / Math.max(1, losses.length - 1)) * WIDTH},${HEIGHT - 8 - (loss / top) * (HEIGHT - 16)}`,
  );
  byId('line').setAttribute('points', points.join(' '));
  byId('axis').textContent = `Loss from 0 to ${top.toFixed(2)} over ${losses.length} steps.`;
}

/** @param {PageTraining} training */
function controls(training) {
  const button = /** @type {HTMLButtonElement} */ (byId('run'));
  /** @type {number[]} */
  const losses = [];
  /** @type {number[]} */
  const times = [];
  let [running, right] = [false, ''];

  async function run() {
    while (running) {
      const { step, epoch, loss, milliseconds } = await training.step();
      losses.push(loss);
      times.push(milliseconds);
      if (step % BETWEEN === 0)
        right = `, ${(100 * (await training.accuracy(MEASURED))).toFixed(1)} % of ${MEASURED} images right`;
      const rate = (1000 * training.batch) / mean(times.slice(-RECENT));
      byId('progress').textContent =
        `Step ${step}, epoch ${epoch + 1}: loss ${mean(losses.slice(-RECENT)).toFixed(3)}, ${rate.toFixed(0)} images a second${right}.`;
      draw(losses);
      document.documentElement.dataset['step'] = String(step);
    }
  }

  button.addEventListener('click', () => {
    running = !running;
    button.textContent = running ? 'Stop' : 'Train on';
    if (running) run().catch(fail);
  });
}

async function main() {
  const response = await fetch('demo.json');
  if (!response.ok) throw new Error(`demo.json: the server answers ${response.status}; write the page again with iekd demo.`);
  /** @type {PageData} */
  const data = await response.json();
  const asked = new URLSearchParams(location.search);
  const engine = await library.startTrainer('tfjs/', asked.get('backend') ?? undefined);
  const batch = Number(asked.get('batch')) || 32;
  const set = await library.trainingSet(data);
  const student = data.networks.find(({ role }) => role === 'student');
  const described = data.networks.find(({ role }) => role === 'teacher');
  if (!student) throw new Error('demo.json names no student; write the page again with iekd demo.');
  const teacher = described && (await library.trainingTeacher(described));
  const { spec, normalisation } = student;
  const training = library.pageTraining(set, { spec, normalisation, batch, ...(teacher ? { teacher } : {}) });
  byId('title').textContent = `${student.name} in training`;
  const from = described ? `by its teacher’s answers (${described.name}) and labels` : 'by labels';
  byId('subtitle').textContent =
    `${training.parameters.toLocaleString('en')} values, trained anew ${from} on ${set.count} images, computed by ${ENGINES[engine]}.`;
  controls(training);
  byId('status').hidden = true;
  byId('main').hidden = false;
  document.documentElement.dataset['ready'] = engine;
}

/** @param {unknown} error */
function fail(error) {
  byId('status').hidden = true;
  showProblem(error instanceof Error ? error.message : String(error));
}

main().catch(fail);
