// @ts-check
/**
 * What a step of each matcher, or of the methods named, costs beside factor transfer's: ResNet-20 learns from ResNet-20, or beside one, 64
 * images of 32×32 out of 50,000, on engine onednn with two threads: processor time of all threads, which others on the machine do not lengthen much, the least of some steps after some others.
 *
 *   node docs/methodCosts.mjs [name …]
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const DIST = fileURLToPath(new URL('../lib/dist', import.meta.url));
/** @param {string} file */
const built = (file) => require(join(DIST, file));

const { tf } = built('engine/tf');
const { buildMethod } = built('methods/index');
const { MATCHERS } = built('methods/matchers/matcherTable');
const { buildNetwork } = built('models/index');
const { sgd } = built('optim/optimizers/sgd');
const { Passes } = built('optim/pass');
const { trainStep } = built('optim/step');
const { studentObjective } = built('training/studentObjective');
const { random } = built('util/rng');

const [BATCH, WARM_UP, STEPS, IMAGES] = [64, 4, 6, 50_000];

/** A step of the method, to be called again and again. @param {string} name */
function stepOf(name) {
  const method = buildMethod('pretrain' in buildMethod({ name }).options ? { name, pretrain: 0 } : { name });
  const network = (/** @type {number} */ seed) => buildNetwork({ name: 'resnet20' }, random(seed));
  const teachers = Array.from({ length: method.teachers }, (_, i) => network(2 + i));
  const spec = { name: 'resnet20' };
  const student = buildNetwork(method.student?.(spec, teachers) ?? spec, random(1));
  const peers = method.peers ? [network(8)] : [];
  const images = { count: IMAGES, labels: Uint8Array.from({ length: IMAGES }, (_, i) => i % 10) };
  const distillation = method.build({ student, teachers, peers, images, random: random(9) });
  const objective = studentObjective([student, ...peers], teachers, distillation);
  const optimizer = sgd(objective.variables, { momentum: 0.9, weightDecay: 5e-4, nesterov: true });
  const pixels = tf.randomNormal([BATCH, 32, 32, 3], 0, 1, 'float32', 5);
  const targets = [
    tf.tensor1d(
      Array.from({ length: BATCH }, (_, i) => i % 10),
      'int32',
    ),
  ];
  const passes = new Passes();
  let step = 0;
  const dispose = () => {
    for (const one of [passes, optimizer, distillation, student, ...peers, ...teachers]) one.dispose();
    tf.dispose([pixels, ...targets]);
  };
  const next = () => {
    const numbers = Int32Array.from({ length: BATCH }, (_, i) => (step * BATCH + i) % IMAGES);
    const clock = { step, epoch: step / 1000, epochs: 1 };
    const started = process.cpuUsage();
    trainStep({
      stage: 'student',
      objective,
      optimizer,
      batch: { images: pixels, targets, numbers: () => numbers },
      clock,
      learningRate: 1e-4,
      random: random(step),
      passes,
    });
    step++;
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  return { next, dispose };
}

await built('engine/onednn').onednn.start({ threads: 2, precision: 'float32' });
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(MATCHERS);

const least = (/** @type {ReturnType<typeof stepOf>} */ { next, dispose }) => {
  for (let i = 0; i < WARM_UP; i++) next();
  const times = Array.from({ length: STEPS }, next);
  dispose();
  return Math.min(...times);
};

const ft = least(stepOf('ft'));
for (const name of names) {
  const own = least(stepOf(name));
  process.stdout.write(`${name} ${(own / ft).toFixed(2)} (${own.toFixed(0)} ms of processor time, ft ${ft.toFixed(0)} ms)\n`);
}
