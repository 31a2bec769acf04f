/** Completion scripts: bash's run in bash, the others for what they hold, and in their shells where those are here. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { iekd } from '../command';

const folder = mkdtempSync(join(tmpdir(), 'iekd-completion-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const scripts = Object.fromEntries(['bash', 'zsh', 'fish'].map((shell) => [shell, iekd(['completion', shell]).stdout]));
const scriptOf = (shell: string): string => {
  const path = join(folder, `iekd.${shell}`);
  writeFileSync(path, scripts[shell] ?? '');
  return path;
};
const here = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;

/** What bash offers at the end of a line, as its own machinery asks for it. */
function offered(line: readonly string[]): string[] {
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _iekd; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', program, 'bash', scriptOf('bash'), ...line], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout.split('\n').filter(Boolean);
}

describe('bash', { skip: !here('bash') && 'no bash' }, () => {
  mkdirSync(join(folder, 'my runs'));
  writeFileSync(join(folder, 'weights.safetensors'), '');
  const commands =
    'engines models methods datasets data train resume evaluate detect export weights demo reproduce table verdict results run kernel setup init bench golden completion help';
  const table: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['iekd', ''], commands.split(' ')],
    [['iekd', 'tr'], ['train']],
    [['iekd', '--q'], ['--quiet']],
    [['npx', 'iekd', 'ta'], ['table']],
    [['npx', 'other', ''], []],
    [['npx', 'ie'], []],
    [
      ['iekd', 'train', '--lr'],
      ['--lr', '--lr-drops'],
    ],
    [['iekd', 'train', '--qui'], ['--quiet']],
    [
      ['iekd', '--quiet', 'train', '--model', 'resnet1'],
      ['resnet14', 'resnet110', 'resnet18'],
    ],
    [['iekd', 'train', '--peer', 'mobilenetv'], ['mobilenetv2']],
    [
      ['iekd', 'train', '--method', 'ie-f'],
      ['ie-fitnet', 'ie-fsp', 'ie-feed', 'ie-ft'],
    ],
    [
      ['iekd', 'train', '--data', 'ci'],
      ['cifar10', 'cifar100'],
    ],
    [['iekd', 'train', '--engine', 'o'], ['onednn']],
    [['iekd', 'train', '--epochs', ''], []],
    [['iekd', 'train', '--out', 'my'], ['my runs']],
    [['iekd', 'train', '--teacher', 'w'], ['weights.safetensors']],
    [
      ['iekd', 'table', 'table'],
      ['table1', 'table2', 'table3', 'table4'],
    ],
    [
      ['iekd', 'table', 'table1', '--budget', ''],
      ['smoke', 'short', 'medium', 'paper'],
    ],
    [['iekd', 'table', 'table1', '--format', 'l'], ['latex']],
    [['iekd', 'resume', ''], ['my runs']],
    [['iekd', 'results', ''], ['check']],
    [['iekd', 'results', 'check', '--rep'], ['--repair']],
    [
      ['iekd', 'completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [
      ['iekd', 'engines', '--'],
      ['--why', '--measure', '--json', '--help', '--version', '--quiet', '--verbose', '--debug'],
    ],
  ];
  for (const [line, words] of table) test(line.join(' '), () => assert.deepEqual(offered(line), words));
  test('gives itself to iekd, and to npx unless that has its own', () => {
    const registered = (before: string): string =>
      spawnSync('bash', ['-c', `${before} source "$1"; complete -p iekd npx`, 'bash', scriptOf('bash')], { encoding: 'utf8' })
        .stdout;
    assert.equal(registered(''), 'complete -o default -F _iekd iekd\ncomplete -o default -F _iekd npx\n');
    assert.equal(registered('complete -F _npx npx;'), 'complete -o default -F _iekd iekd\ncomplete -F _npx npx\n');
  });
});

describe('zsh and fish', () => {
  test('zsh: commands with their descriptions, options with their values', () => {
    const zsh = scripts['zsh'] ?? '';
    assert.match(zsh, /^#compdef iekd\n/);
    assert.match(zsh, /^ {6}'models:List the networks with their sizes\.'$/m);
    assert.match(
      zsh,
      /'--engine\[which engine computes; default the fastest that runs here\]: :\(tensorflow webgpu onednn portable cpu\)'/,
    );
    assert.match(zsh, /'--runs\[[^\]]*\]: :_files -\/'/);
    assert.match(zsh, /^compdef _iekd iekd$/m);
  });
  test('fish: a line a command and an option', () => {
    const lines = (scripts['fish'] ?? '').split('\n');
    assert.ok(lines.some((line) => line.endsWith(` -a models -d 'List the networks with their sizes.'`)));
    assert.ok(
      lines.includes(
        `complete -c iekd -n '__fish_seen_subcommand_from evaluate' -l split -r -f -a 'test validation' -d 'part of the data set'`,
      ),
    );
  });
  for (const shell of ['zsh', 'fish']) {
    test(`${shell} reads its script`, { skip: !here(shell) && `no ${shell}` }, () => {
      const { status, stderr } = spawnSync(shell, ['-n', scriptOf(shell)], { encoding: 'utf8' });
      assert.deepEqual([status, stderr], [0, '']);
    });
  }
  test('another shell is refused', () => {
    const { code, stderr } = iekd(['completion', 'tcsh']);
    assert.equal(code, 2);
    assert.match(stderr, /value 'tcsh' is invalid for argument 'shell'\. Allowed choices are bash, zsh, fish\.\n$/);
  });
});
