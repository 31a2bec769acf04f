/** Options of `sbatch` that a user passes on: `--partition=gpu --time=4:00:00`. Each is a line of the script, after `#SBATCH`. */
import { isObject, refuse } from '../../util/check';

/** By name, as `sbatch` has them without their dashes: `{ partition: 'gpu', time: '4:00:00', exclusive: true }`. */
export type SlurmOptions = Readonly<Record<string, string | number | true>>;

/** What the script says itself, or what would make it another one. */
const OWN = [
  ...(['array', 'chdir', 'dependency', 'error', 'job-name', 'kill-on-invalid-dep', 'no-requeue', 'open-mode', 'output'] as const),
  ...(['parsable', 'requeue', 'signal', 'test-only', 'wait', 'wrap'] as const),
];

const NAME = /^[a-z][a-z0-9-]*$/;
/** No spaces, quotes or anything else that a shell or `sbatch` would take apart. */
const VALUE = /^[A-Za-z0-9_.,:/@%+=&|*()[\]-]+$/;

/** Reads what was typed in one text. @throws InputError for a word that is no option of the form `--name=value` or `--name` */
export function parseSlurmOptions(text: string): SlurmOptions {
  const words = text.split(/\s+/).filter((word) => word !== '');
  return checkSlurmOptions(Object.fromEntries(words.map(optionOf)));
}

function optionOf(word: string): [name: string, value: string | true] {
  const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(word) ?? [];
  if (name === undefined) throw refuse('slurm', 'options as --partition=NAME --time=HOURS:00:00', word);
  return [name, value ?? true];
}

/** @throws InputError for a name or value that could be anything else in a script, and for what the script says itself */
export function checkSlurmOptions(options: unknown): SlurmOptions {
  if (!isObject(options)) throw refuse('slurm', "options by name, as { partition: 'gpu' }", options);
  for (const [name, value] of Object.entries(options)) {
    if (!NAME.test(name)) throw refuse('slurm', 'names of long options of sbatch, as partition', name);
    if (OWN.some((own) => own === name))
      throw refuse('slurm', `none of those that the script sets itself (${OWN.join(', ')})`, name);
    const isPlain = value === true || (typeof value === 'number' && Number.isFinite(value));
    if (!isPlain && !(typeof value === 'string' && VALUE.test(value)))
      throw refuse(`slurm: ${name}`, 'a value without spaces, quotes and other signs of a shell', value);
  }
  return options as SlurmOptions;
}

/** `#SBATCH --partition=gpu` */
export const slurmLines = (options: SlurmOptions): string[] =>
  Object.entries(checkSlurmOptions(options)).map(([name, value]) => `#SBATCH --${name}${value === true ? '' : `=${value}`}`);
