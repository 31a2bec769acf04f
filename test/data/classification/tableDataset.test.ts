/** `csv:PATH` and `jsonl:PATH`: classes by name and number, parts, 300 classes, and what is refused with file and line. */
import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadDataset } from 'iekd/dist/data/index';
import type { Dataset, DatasetOptions, ImageSource } from 'iekd/dist/data/types';
import { picture, put, temporaryFolder } from '../../fixtures/pictureFolders';

const { root, remove } = temporaryFolder('table');
after(remove);

before(async () => {
  for (let i = 0; i < 6; i++) put(join(root, i % 2 ? 'odd' : '', `${i}.png`), await picture(i % 3, `${i}`, [12, 12]));
});

const options = { pixels: 8, workers: 0, normalisation: 'imagenet' } as const;
const csv = (text: string, more: DatasetOptions = {}): Promise<Dataset<ImageSource>> => {
  put(join(root, 'table.csv'), text);
  return loadDataset(`csv:${join(root, 'table.csv')}`, { ...options, ...more });
};
const jsonl = (text: string): Promise<Dataset<ImageSource>> => {
  put(join(root, 'table.jsonl'), text);
  return loadDataset(`jsonl:${join(root, 'table.jsonl')}`, options);
};
const sizesOf = ({ train, validation, test: tested }: Dataset): number[] => [train, validation, tested].map(({ count }) => count);

describe('tables', () => {
  test('of names: classes by code units, parts as the rows say; val is tested on where nothing else is', async () => {
    const rows = ['0.png,dog,train', '"odd/1.png","cat",train', './2.png,dog,val', 'odd/3.png,Ant,train'];
    const data = await csv(
      `\uFEFFlabel,note,file,split\r\n${rows
        .map((row) => {
          const [file, label, split] = row.split(',');
          return `${label},"a, b",${file},${split}`;
        })
        .join('\r\n')}\r\n`,
    );
    assert.deepEqual(data.classNames, ['Ant', 'cat', 'dog']);
    assert.deepEqual(
      [sizesOf(data), [...data.train.labels]],
      [
        [3, 0, 1],
        [2, 1, 0],
      ],
    );
    assert.equal((await data.test.read(Uint32Array.of(0))).length, 8 * 8 * 3);
  });

  test('of numbers, split by share; the same as JSON lines', async () => {
    const files = ['0.png', 'odd/1.png', '2.png', 'odd/3.png', '4.png', 'odd/5.png'];
    const ofCsv = await csv(`file,label\n${files.map((file, i) => `${file},${i % 2}`).join('\n')}`);
    const ofJson = await jsonl(files.map((file, i) => JSON.stringify({ file, label: i % 2, more: [i] })).join('\n'));
    assert.deepEqual(
      [ofCsv.classNames, sizesOf(ofCsv)],
      [
        ['0', '1'],
        [5, 0, 1],
      ],
    );
    assert.deepEqual(
      [ofJson.classNames, sizesOf(ofJson)],
      [
        ['0', '1'],
        [5, 0, 1],
      ],
    );
    const named = await csv(`file,label\n${files.map((file, i) => `${file},${i % 2}`).join('\n')}`, {
      classNames: ['even', 'odd'],
    });
    assert.deepEqual(named.classNames, ['even', 'odd']);
  });
});

const HEAD = 'file,label\n';
const AT = 'TABLE.csv: line 3';
for (const [text, message] of [
  ['', 'TABLE.csv: expected a header with the columns file and label, received an empty file'],
  ['path,class\na,b', 'TABLE.csv: line 1: expected a header with the columns file and label, received "path, class"'],
  [HEAD, 'TABLE.csv: expected rows of pictures, received none'],
  [`${HEAD}0.png,a\n0.png,b`, `${AT}: expected every file once, received 0.png again`],
  [`${HEAD}0.png,a\n./odd/../0.png,b`, `${AT}: expected every file once, received 0.png again`],
  [`${HEAD}0.png,a\n2.png,`, `${AT}: label: expected a text, received ""`],
  [`${HEAD}0.png,a\n../2.png,a`, `${AT}: file: expected a path in the table's folder, with /, received "../2.png"`],
  [`${HEAD}0.png,a\n/etc/passwd,a`, `${AT}: file: expected a path in the table's folder, with /, received "/etc/passwd"`],
  [`${HEAD}0.png,a\nnone.png,a`, `${AT}: expected a file that is there, received ROOT/none.png`],
  [`${HEAD}0.png,a\nodd,a`, `${AT}: expected a picture, received ROOT/odd, which is no file`],
  [`${HEAD}0.png,a\nlink.png,a`, `${AT}: expected a file in the table's folder, received a link to /etc/hosts; copy it there`],
  [`${HEAD}0.png,a\n2.png,b,c`, `${AT}: expected a table as CSV, received Invalid Record Length: expect 2, got 3 on line 3`],
  [`${HEAD}0.png,a\n"2.png,b`, /TABLE.csv: line 3: expected a table as CSV, received Quote Not Closed/],
  [
    'file,label,split\n0.png,a,train\n2.png,a,tset',
    `${AT}: split: expected one of train, val, validation, test, received "tset"`,
  ],
  ['file,label,split\n0.png,a,train\n2.png,b,test', 'table.csv: expected training pictures of every class, received none of "b"'],
  [`${HEAD}0.png,0\n2.png,2`, 'table.csv: expected training pictures of every class, received none of "1"'],
] as const) {
  test(`refused: ${JSON.stringify(text).slice(0, 60)}`, async () => {
    try {
      symlinkSync('/etc/hosts', join(root, 'link.png'));
    } catch {} // there already
    const begin = performance.now();
    const expected =
      typeof message === 'string'
        ? message.replace('TABLE', join(root, 'table')).replace('ROOT', root)
        : new RegExp(message.source.replace('TABLE', join(root, 'table')));
    await assert.rejects(csv(text), { name: 'InputError', message: expected });
    assert.ok(performance.now() - begin < 1000);
  });
}

test('lines that are no rows', async () => {
  const refused = (text: string, message: string): Promise<void> =>
    assert.rejects(jsonl(text), { message: `${join(root, 'table.jsonl')}${message}` });
  await refused(
    '{"file":"0.png","label":0}\n{"file":"2.png"',
    ': line 2, column 16: expected JSON, here a comma or }, received the end of the text',
  );
  await refused('[1]', ': line 1: expected an object with file and label, received [1]');
  await refused('{"file":"0.png","label":-1}', ': line 1: label: expected an integer in [0, 999999], received -1');
  await refused(
    '{"file":"0.png","label":1}\n{"file":"2.png","label":"a"}',
    ': label: expected names of classes as in other rows, or numbers in all, received 1',
  );
});

test('three hundred classes: labels of two bytes', async () => {
  const rows: string[] = [];
  for (let label = 0; label < 300; label++) {
    put(join(root, 'many', `${label}.png`), await picture(label, '', [8, 8]));
    rows.push(`many/${label}.png,class ${String(label).padStart(3, '0')},train`);
  }
  const data = await csv(`file,label,split\n${rows.join('\n')}`);
  assert.ok(data.train.labels instanceof Uint16Array);
  assert.deepEqual(
    [...data.train.labels],
    Array.from({ length: 300 }, (_, i) => i),
  );
});
