/** What README, docs and pages tell people to run: each `--set` of an `iekd run` is one that the notebook takes, quotes of the shell included. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { readNotebook } from '../../lib/notebook/jupyter/notebookFile';
import { withParameters } from '../../lib/notebook/jupyter/parameters';

const ROOT = resolve(__dirname, '../..');
const COMMAND = /iekd run (notebooks\/\S+\.ipynb)([^`\n]*)/gu;
/** name=value, in single quotes or as it is. */
const SETTING = /--set (?:'([^']*)'|(\S+))/gu;

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

function textOf(file: string): string {
  if (!file.endsWith('.ipynb')) return readFileSync(join(ROOT, file), 'utf8');
  const { cells } = readNotebook(join(ROOT, file));
  return cells.flatMap(({ cell_type, source }) => (cell_type === 'markdown' ? [source] : [])).join('\n');
}

const files = ['README.md', ...filesOf('docs', '.md'), ...filesOf('notebooks', '.ipynb')];
const commands = files.flatMap((file) =>
  [...textOf(file).matchAll(COMMAND)].map(([command, notebook = '', rest = '']) => {
    const settings = [...rest.matchAll(SETTING)].map(([, quoted, bare]) => (quoted ?? bare ?? '').split(/=(.*)/su, 2));
    return { file, command, notebook, values: Object.fromEntries(settings) as Record<string, string> };
  }),
);

describe('commands that are written down', () => {
  it('are found', () => assert.ok(commands.some(({ values }) => Object.keys(values).length > 0)));
  for (const { file, command, notebook, values } of commands) {
    it(`${file}: ${command}`, () => {
      const taken = readNotebook(join(ROOT, notebook));
      if (Object.keys(values).length > 0) assert.ok(withParameters(taken, values).cells.length > taken.cells.length);
    });
  }
});
