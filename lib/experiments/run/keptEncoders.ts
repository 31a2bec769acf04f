/** Encoders that were fitted to teachers, kept in a folder for the next run, seed and cell. */
import type { EngineReport } from '../../engine/start';
import { type FittedStages, fittedStages } from '../../training/fittedStages';
import { objectIn, textIn } from '../../util/check';
import { provenance } from './runProvenance';

/** Its name beside the folders of runs. */
export const ENCODERS_FOLDER = '.encoders';

/**
 * A folder of fitted teacher sides, for `train({ fitted })`. One is taken where all that decides its bits is the same: the teacher's
 * weights, the images, the stage's settings, initial values and seed, the engine with its precision and threads, the processor.
 * @param engine as `start()` returned it
 * @example
 * ```ts
 * import { buildNetwork, ft, ie, keptEncoders, loadDataset, random, start, train } from 'iekd';
 *
 * const fitted = keptEncoders('encoders', await start());
 * const data = await loadDataset('fashion-mnist', { train: 200, test: 100 });
 * const network = (name: string, seed: number) => buildNetwork({ name, input: [32, 32, 1] }, random(seed));
 * const [teacher, method] = [network('resnet14', 0), ie(ft({ fit: { epochs: 2 } }))];
 * for (const seed of [0, 1, 2]) {
 *   const student = network('resnet8', seed);
 *   // Fitted once: the encoder has a seed of its own.
 *   const run = await train({ student, teachers: [teacher], method, data, training: { epochs: 1, batch: 50 }, seed, fitSeed: 0, fitted });
 *   run.dispose();
 *   student.dispose();
 * }
 * ```
 */
export function keptEncoders(folder: string, engine: EngineReport): FittedStages {
  textIn('keptEncoders: folder', folder);
  objectIn('keptEncoders: engine', 'what start() has returned', engine, ['name', 'threads', 'precision', 'machine']);
  const { versions, engine: computing, machine } = provenance(engine);
  return fittedStages(folder, { iekd: versions.iekd, tfjs: versions.tfjs, ...computing, cpu: machine.cpu });
}
