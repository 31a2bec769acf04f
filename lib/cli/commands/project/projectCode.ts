/** The code of a new project: the same few lines as a program and as the cells of a notebook. */

/** What the project trains on: a name that `loadDataset` takes, with the options that fit it. */
export interface ProjectData {
  readonly name: string;
  readonly options: string;
}

/** The page's parameters, which `iekd run --set images=200` can change. */
const PARAMETERS = `const seed = 0;
const images = 1_000;
const epochs = 2;`;

const LOAD = ({ name, options }: ProjectData): string => `const data = await loadDataset(${JSON.stringify(name)}, ${options});
const { height, width, channels } = data.train;
const network = (name: string) =>
  buildNetwork({ name, input: [height, width, channels], classes: data.classNames.length }, random(seed).child(name));
const training = { epochs, learningRate: { kind: 'cosine', base: 0.1 } } as const;`;

const TEACHER = (listeners: string): string => `const teacher = network('resnet14');
const taught = await train({ student: teacher, method: supervised(), data, training, seed${listeners} });`;

const STUDENT = (listeners: string): string => `const student = network('resnet8');
const method = ie(ft({ fit: { epochs: 1 } }), { inherit: 50, explore: 50, split: 'natural' });
const distilled = await train({ student, method, teachers: [teacher], data, training, seed${listeners} });`;

const RESULT = (show: string): string => `const top1 = ({ last }: typeof taught) =>
  (100 * (last?.evaluations.at(-1)?.metrics.top1 ?? NaN)).toFixed(1);
${show}([
  { network: 'teacher', 'top-1 %': top1(taught) },
  { network: 'student', 'top-1 %': top1(distilled) },
]);`;

const indented = (code: string): string => code.replaceAll(/^(?=.)/gm, '  ');

/** `train.ts` */
export function projectProgram(data: ProjectData): string {
  const body = [
    PARAMETERS,
    'console.log((await start()).sentence);',
    LOAD(data),
    TEACHER(''),
    STUDENT(''),
    RESULT('console.table'),
  ];
  return `import { buildNetwork, ft, ie, loadDataset, random, start, supervised, train } from 'iekd';

async function main(): Promise<void> {
${indented(body.join('\n\n'))}
}

void main();
`;
}

/** The notebook's cells: prose, or code, of which one holds the parameters. */
export interface ProjectCell {
  readonly text?: string;
  readonly code?: string;
  readonly parameters?: boolean;
}

export function projectCells(data: ProjectData): ProjectCell[] {
  const live = (title: string): string => `,\n  listeners: [liveTraining({ title: '${title}' })]`;
  return [
    { text: '# A student that inherits and explores\n\nA small network learns from a larger one, on images of your own.' },
    {
      code: `import { buildNetwork, ft, ie, liveTraining, loadDataset, random, showTable, start, supervised, train } from 'iekd';

console.log((await start()).sentence);`,
    },
    { code: PARAMETERS, parameters: true },
    { text: '## The images, and how all networks are trained' },
    { code: LOAD(data) },
    { text: '## The teacher, from labels alone' },
    { code: TEACHER(live('Teacher')) },
    { text: '## The student: one half of its channels is drawn to the teacher, the other is pushed away from it' },
    { code: STUDENT(live('Student')) },
    { code: RESULT('showTable') },
  ];
}
