/** The files of a new project, by name; nothing is read or written here. */
import { type ProjectCell, type ProjectData, projectCells, projectProgram } from './projectCode';

export interface ProjectPlan {
  /** Of package.json. */
  readonly name: string;
  readonly data: ProjectData;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly typescript: string;
}

export const NOTEBOOK = 'distil.ipynb';

const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

export function projectFiles({ name, data, dependencies, typescript }: ProjectPlan): Readonly<Record<string, string>> {
  return {
    'package.json': json({
      ...{ name, version: '0.0.0', private: true },
      scripts: { train: 'tsc && node dist/train.js', notebook: `iekd run ${NOTEBOOK}` },
      dependencies,
      devDependencies: { typescript },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        ...{ target: 'es2022', module: 'node16', strict: true, outDir: 'dist', types: ['node'], skipLibCheck: true },
      },
      files: ['train.ts'],
    }),
    'train.ts': projectProgram(data),
    [NOTEBOOK]: projectNotebook(data),
    '.gitignore': ['node_modules/', 'dist/', 'data/cache/', 'data/runs/', '.ipynb_checkpoints/', ''].join('\n'),
    'README.md': readme(name, data),
  };
}

/** Notebook format 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html */
function projectNotebook(data: ProjectData): string {
  const source = (text: string): string[] => text.split(/(?<=\n)/);
  const cell = ({ text, code = '', parameters }: ProjectCell, index: number): object =>
    text === undefined
      ? {
          ...{ cell_type: 'code', id: `cell-${index}`, metadata: parameters ? { tags: ['parameters'] } : {} },
          ...{ execution_count: null, outputs: [], source: source(code) },
        }
      : { cell_type: 'markdown', id: `cell-${index}`, metadata: {}, source: source(text) };
  return `${JSON.stringify(
    {
      cells: projectCells(data).map(cell),
      metadata: {
        kernelspec: { display_name: 'TypeScript', language: 'typescript', name: 'tslab' },
        language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
      },
      nbformat: 4,
      nbformat_minor: 5,
    },
    undefined,
    1,
  )}\n`;
}

const readme = (name: string, data: ProjectData): string => `# ${name}

A teacher and a student that learns from it by inheritance and exploration, on \`${data.name}\`.

\`\`\`sh
npm install
npm run notebook           # ${NOTEBOOK} from top to bottom, and a page to look at; --help has more
npm run train              # train.ts: the same as a program
npx iekd kernel install    # the notebook's kernel, for a Jupyter of your own
npx iekd setup             # the fast engine, where a compiler and oneDNN are; npx iekd engines lists what there is
npx iekd train --help      # the same from the command line, with runs that can be stopped and resumed
\`\`\`
`;
