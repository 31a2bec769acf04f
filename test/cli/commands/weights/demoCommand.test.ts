/** `iekd demo`: of a run whose student was split, with its teacher; what it says, and what it refuses. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildNetwork, random, saveWeights, start } from 'iekd';
import type { PageData } from 'iekd/dist/demo/pageData';
import { classFolder, temporaryFolder } from '../../../fixtures/pictureFolders';
import { ENTRY, iekd } from '../../command';

const { root, remove } = temporaryFolder('demo-command');
after(remove);
const at = (...names: string[]): string => join(root, ...names);
const ENGINE = ['--engine', 'portable'];
const SMALL = ['--data', `folder:${at('pictures')}`, '--pixels', '16', '--batch', '8', '--epochs', '1', ...ENGINE];
const pageData = (folder: string): PageData => JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8'));

before(async () => {
  await classFolder(at('pictures'), ['cats', 'dogs'], 20);
  const done = (args: readonly string[]): void => {
    const { code, stderr } = iekd(args);
    assert.equal(code, 0, stderr);
  };
  done(['train', ...SMALL, '--model', 'resnet8', '--out', at('teacher')]);
  const method = ['--method', 'ie-ft', '--set', 'ratio=0.25', '--fit-epochs', '1', '--teacher', at('teacher')];
  done(['train', ...SMALL, '--model', 'resnet8', ...method, '--out', at('student')]);
  await start({ engine: 'portable' });
  const network = buildNetwork({ name: 'resnet8', classes: 2, input: [16, 16, 3] }, random(0));
  saveWeights(at('alone.safetensors'), network);
  saveWeights(at('detector.safetensors'), buildNetwork({ name: 'ssd-resnet8', classes: 2, input: [64, 64, 3] }, random(0)), {
    data: JSON.stringify({ classNames: ['a', 'b'], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }),
  });
  writeFileSync(at('notes.txt'), 'no picture');
});

test('a student that was split, its teacher, a picture of one’s own and test images', () => {
  const picture = at('pictures/cats/0.jpeg');
  const words = [at('student'), '--teacher', at('teacher'), '--out', at('page'), '--image', picture, '--train', '10'];
  const { code, stdout, stderr } = iekd(['demo', ...words, ...ENGINE]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^wrote \d+ files, \d\.\d MB, into .*page\n$/);
  assert.match(stderr, /^Any server of static files will do: npx http-server .*, or python3 -m http\.server -d .*$/m);
  const { networks, method, dataset, classNames, image, samples, training } = pageData(at('page'));
  assert.deepEqual(training, { images: 'training/images.bin', labels: 'training/labels.bin', count: 10 });
  assert.deepEqual([method, dataset, classNames], ['ie-ft', 'pictures', ['cats', 'dogs']]);
  assert.deepEqual(image, { pixels: [16, 16], resize: [18, 18], channels: 3 });
  assert.deepEqual(samples, [
    { file: 'samples/1.jpeg', label: '0' },
    { file: 'samples/2.png', label: 'cats' },
    { file: 'samples/3.png', label: 'dogs' },
  ]);
  const [teacher, student] = networks;
  assert.deepEqual([teacher?.role, teacher?.halves, student?.role], ['teacher', [], 'student']);
  assert.deepEqual(
    student?.halves.map(({ name, stage, channels }) => [name, stage, channels.length, channels[0]]),
    [
      ['inheritance', 'stage3', 16, 0],
      ['exploration', 'stage3', 48, 16],
    ],
  );
});

test('a student that is alone, and was not split', () => {
  const { code, stderr } = iekd(['demo', at('teacher'), '--out', at('alone'), '--samples', '0', ...ENGINE]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Relevance is of the whole student: these weights lie in no run whose student was split\.$/m);
  assert.match(stderr, /^The student is alone: --teacher puts its teacher beside it\.$/m);
  const { networks, samples } = pageData(at('alone'));
  assert.deepEqual([networks.map(({ halves }) => halves), samples], [[[]], []]);
});

test('--serve, until it is stopped', async () => {
  const child = spawn(process.execPath, [
    ENTRY,
    '--quiet',
    'demo',
    at('teacher'),
    '--out',
    at('served'),
    '--serve',
    '0',
    ...ENGINE,
  ]);
  let said = '';
  const url = await new Promise<string>((found, failed) => {
    child.once('exit', () => failed(new Error(said)));
    child.stderr.on('data', (text) => {
      said += text;
      const [, address] = /^Serving .* at (http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)$/m.exec(said) ?? [];
      if (address) found(address);
    });
  });
  const page = await fetch(url);
  assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
  await page.text();
  const ended = new Promise((done) => child.removeAllListeners('exit').once('exit', done));
  child.kill('SIGTERM');
  assert.equal(await ended, 143);
});

describe('refuses', () => {
  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['no folder', [at('student')], /^error: required option '--out <folder>' not specified$/m],
    [
      'weights of which nothing else is known',
      [at('alone.safetensors'), '--out', at('none')],
      /^iekd: demo: expected names of the classes and a normalisation, received none; name the data set of the weights with --data$/m,
    ],
    [
      'a detector',
      [at('detector.safetensors'), '--out', at('none')],
      /^iekd: demo: student ssd-resnet8: expected a network that tells classes apart, received a detector; iekd detect draws what it finds$/m,
    ],
    [
      'a picture that is none',
      [at('student'), '--out', at('none'), '--image', at('notes.txt')],
      /notes\.txt: expected a JPEG, PNG or WebP, received text$/m,
    ],
    ['a port that is none', [at('student'), '--out', at('none'), '--serve', 'x'], /expected an integer of at least 0\.$/m],
  ];
  for (const [name, words, message] of cases) {
    test(name, () => {
      const { code, stderr } = iekd(['demo', ...words, ...ENGINE]);
      assert.notEqual(code, 0);
      assert.match(stderr, message);
      assert.ok(!existsSync(at('none')));
    });
  }
});
