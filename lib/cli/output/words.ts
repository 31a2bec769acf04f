/** Sentences of the library in the words of the command line: what is an option there has a name of its own here. */

/** What is said of calls, wherever it comes from. */
const ALWAYS: readonly (readonly [RegExp, string])[] = [
  [/\bload with download: true\b/g, 'add --download'],
  [/\bset download: true\b/g, 'add --download'],
  [/\bthe task detection learns these\b/g, 'add --task detection'],
  [/\bset resume\b/g, 'go on with iekd resume FOLDER'],
  [
    /name them as \{ teacher, student \}, or ask for 'common'/,
    `add --set feature=common, or --set 'feature={"teacher":"NAME","student":"NAME"}'`,
  ],
  [/^experimentNamed: /, 'experiment: '],
  [/^budgetNamed: /, '--budget: '],
  [/^loadDataset: /, '--data: '],
  [/^budget: teachers: /, '--teacher: '],
  [/^(slurm|kubernetes): /, '--$1: '],
];

/** Entries of a configuration that were typed as options. `train: training: learningRate: at: expected …` is of `--lr-drops`. */
const TYPED: readonly (readonly [RegExp, string])[] = [
  [/^train: training: learningRate: warmUp: epochs: /, '--warm-up: '],
  [/^train: training: learningRate: at: /, '--lr-drops: '],
  [/^train: training: learningRate(: base)?: /, '--lr: '],
  [/^train: training: epochs: /, '--epochs: '],
  [/^train: training: batch: /, '--batch: '],
  [/^train: training: (?:optimizer: )?weightDecay: /, '--weight-decay: '],
  [/^train: training: optimizer: name: /, '--optimizer: '],
  [/^train: training: optimizer: /, '--optimizer-set: '],
  [/^train: training: stopEarly: patience: /, '--early-stop: '],
  [/^train: training\.stopEarly: /, '--early-stop: '],
  [/^train: training: (clip|ema|accumulate|decay): /, '--$1: '],
  [/^train: dataset: name: /, '--data: '],
  [/^train: dataset: folder: /, '--folder: '],
  [/^train: dataset: train: /, '--train-images: '],
  [/^train: dataset: validation: /, '--validation: '],
  [/^train: dataset: test: /, '--test-images: '],
  [/^train: dataset: pixels: /, '--pixels: '],
  [/^train: dataset: (?=(?:classNames|lists|badBoxes|origin|shrink|augmentation): )/, '--data-set: '],
  [/^train: dataset: (?=(?:did you mean|expected options among))/, '--data-set: '],
  [/^train: seed: /, '--seed: '],
  [/^train: student: (name: )?/, '--model: '],
  [/^train: method: (name: )?/, '--method: '],
  [/^train: peers: \d+: (name: )?/, '--peer: '],
  [/^train: teacher: /, '--teacher: '],
  [/^train: peers: /, '--peer: '],
  [/^(plan|build)Network: /, '--model or --peer: '],
  [/^buildMethod: /, '--method: '],
  [/^train: task: name: /, '--task: '],
  [/^train: task: /, '--task-set: '],
  [/^taskNamed: /, '--task: '],
  [/^detection: /, '--task-set: '],
];

/** Where a setting is typed: an option that is not known is one of `--set` and `--model-set`. */
const SETTINGS: readonly (readonly [RegExp, string])[] = [
  [/^--model(?: or --peer)?: (\S+: (?:did you mean "[^"]*"\? )?expected options among )/, '--model-set: $1'],
  [/^--model(?: or --peer)?: (\S+: (shortcut|dropout|stem|width|pools|hidden|priors): )/, '--model-set: $1'],
  [/^--method: (\S+: (?:did you mean "[^"]*"\? )?expected options among )/, '--set: $1'],
  [/received \[\{"name":("[^"]*")\}\]/, 'received $1'],
];

const replaced = (text: string, words: readonly (readonly [RegExp, string])[]): string =>
  words.reduce((said, [from, to]) => said.replace(from, to), text);

/** A sentence of the library as the command line says it. */
export const inWords = (sentence: string): string => replaced(sentence, ALWAYS);

/** As `inWords`, of what was typed as options and not read from a file. */
export const inTypedWords = (sentence: string): string => replaced(replaced(inWords(sentence), TYPED), SETTINGS);
