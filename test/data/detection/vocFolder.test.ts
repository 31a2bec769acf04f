/** A folder in VOC's layout, made here: what is read of it, and every kind of broken, missing or absurd annotation by its sentence. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { joinSamples } from 'iekd/dist/data/detection/joinSamples';
import { VOC_CLASSES, vocFolder } from 'iekd/dist/data/detection/vocFolder';
import { parseVoc, readVoc, type VocXmlOptions } from 'iekd/dist/data/detection/vocXml';

const root = mkdtempSync(join(tmpdir(), 'iekd-voc-'));
after(() => rmSync(root, { recursive: true }));

const object = (name: string, box: readonly (number | string)[], more = ''): string => {
  const [xmin, ymin, xmax, ymax] = box;
  return `<object>
<name>${name}</name>${more}
<bndbox><xmin>${xmin}</xmin><ymin>${ymin}</ymin><xmax>${xmax}</xmax><ymax>${ymax}</ymax></bndbox>
</object>`;
};
const size = '<size><width>64</width><height>48</height><depth>3</depth></size>';
const xml = (...parts: readonly string[]): string => ['<annotation>', ...parts, '</annotation>'].join('\n');

const classNames = ['cat', 'person'];
const read = (text: string, options: Partial<VocXmlOptions> = {}): ReturnType<typeof parseVoc> =>
  parseVoc(text, 'a.xml', { classNames, ...options });

describe('parseVoc', () => {
  test('pixels from 1, both ends inside, become edges from 0', () => {
    const { size: pixels, objects } = read(xml(size, object('person', [1, 2, 64, 48]), object(' cat ', [3, 4, 3.5, 6.25])));
    assert.deepEqual(pixels, [48, 64]);
    assert.deepEqual([...objects.boxes], [0, 1, 64, 48, 2, 3, 3.5, 6.25]);
    assert.deepEqual([...objects.classes], [1, 0]);
    assert.deepEqual([...(objects.areas ?? [])], [64 * 47, 1.5 * 3.25]);
    assert.deepEqual(
      [[...(objects.difficult ?? [])], [...(objects.crowd ?? [])]],
      [
        [0, 0],
        [0, 0],
      ],
    );
  });

  test('files that count from 0', () =>
    assert.deepEqual([...read(xml(size, object('cat', [0, 0, 5, 6])), { origin: 0 }).objects.boxes], [0, 0, 5, 6]));

  test('difficult objects are marked; absent and empty marks are 0', () => {
    const marks = ['', '<difficult/>', '<difficult>0</difficult>', '<difficult> 1 </difficult>'];
    const { objects } = read(xml(...marks.map((mark) => object('cat', [1, 1, 5, 5], mark))));
    assert.deepEqual([...(objects.difficult ?? [])], [0, 0, 0, 1]);
  });

  test("a person's parts are no objects, and corners are found by name", () => {
    const part = '<part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>1</xmax><ymax>1</ymax></bndbox></part>';
    const box = '<bndbox><xmax>20</xmax><xmin>11</xmin><ymax>40</ymax><ymin>31</ymin></bndbox>';
    const { objects } = read(xml(`<object><name>person</name>${part}${box}</object>`));
    assert.deepEqual([...objects.boxes], [10, 30, 20, 40]);
  });

  test('a picture without objects, without a size or with one of 0', () => {
    assert.deepEqual(read(xml()).objects.classes.length, 0);
    assert.equal(read(xml()).size, undefined);
    assert.equal(read(xml('<size><width>0</width><height>0</height></size>')).size, undefined);
  });

  test('names that are ignored', () =>
    assert.equal(read(xml(object('dog', [1, 1, 5, 5])), { ignored: ['dog'] }).objects.classes.length, 0));

  const inside = 'expected a box inside the picture of 64×48 pixels, received corners';
  const refusals: readonly (readonly [string, string, string])[] = [
    ['another root', '<html/>', 'line 1: expected <annotation>, received <html>'],
    [
      'an unknown class',
      xml(object('perosn', [1, 1, 5, 5])),
      'line 3: name: expected one of the classes cat, person, received "perosn"; did you mean "person"?',
    ],
    [
      'a class in other letters',
      xml(object('Cat', [1, 1, 5, 5])),
      'line 3: name: expected one of the classes cat, person, received "Cat"; did you mean "cat"?',
    ],
    ['no name', xml('<object></object>'), 'line 2: expected <name> in <object>, received none'],
    ['no box', xml('<object><name>cat</name></object>'), 'line 2: expected <bndbox> in <object>, received none'],
    [
      'two names',
      xml(object('cat', [1, 1, 5, 5], '<name>cat</name>')),
      'line 3: expected one <name> in <object>, received another',
    ],
    ['a corner that is no number', xml(object('cat', [1, '1e', 5, 5])), 'line 4: ymin: expected a number, received "1e"'],
    [
      'a corner that is infinite',
      xml(object('cat', [1, '1e999', 5, 5])),
      'line 4: expected corners of at most 65536 pixels, received corners 1, Infinity, 5, 5',
    ],
    [
      'an absurd box',
      xml(size, object('cat', [1, 1, 4e9, 5])),
      'line 5: expected corners of at most 65536 pixels, received corners 0, 0, 4000000000, 5',
    ],
    [
      'a box without size',
      xml(size, object('cat', [5, 5, 5, 5])),
      'line 5: expected a box with a width and a height, received corners 5, 5, 5, 5',
    ],
    [
      'swapped corners',
      xml(size, object('cat', [9, 1, 5, 5])),
      'line 5: expected a box with a width and a height, received corners 9, 1, 5, 5',
    ],
    ['a box beside the picture', xml(size, object('cat', [70, 1, 80, 5])), `line 5: ${inside} 69, 0, 80, 5`],
    ['a box over its edge', xml(size, object('cat', [60, 1, 65, 5])), `line 5: ${inside} 59, 0, 65, 5`],
    [
      'pixels from 0',
      xml(size, object('cat', [0, 4, 9, 9])),
      `line 5: ${inside} -1, 3, 9, 9; where files count pixels from 0, say origin: 0`,
    ],
    [
      'pixels from 0, of an unknown size',
      xml(object('cat', [0, 4, 9, 9])),
      'line 4: expected a box inside the picture, received corners -1, 3, 9, 9; where files count pixels from 0, say origin: 0',
    ],
    [
      'another mark',
      xml(object('cat', [1, 1, 5, 5], '<difficult>yes</difficult>')),
      'line 3: difficult: expected 0 or 1, received "yes"',
    ],
    ['an absurd size', xml('<size><height>-5</height></size>'), 'line 2: height: expected a number of pixels, received -5'],
    [
      '10,001 objects',
      xml(...Array.from({ length: 10_001 }, () => '<object/>')),
      'line 10002: expected at most 10000 objects of a picture, received 10001',
    ],
  ];
  for (const [name, text, message] of refusals) {
    test(name, () => assert.throws(() => read(text), { name: 'InputError', message: `a.xml: ${message}` }));
  }

  test('bad boxes that somebody wants to hear of: told, cut to the picture or left out', () => {
    const told: string[] = [];
    const bad = [
      object('cat', [60, 1, 70, 5]),
      object('cat', [5, 5, 5, 5]),
      object('cat', [70, 1, 80, 5]),
      object('person', [2, 2, 3, 3]),
    ];
    const { objects } = read(xml(size, ...bad), { badBoxes: (sentence) => told.push(sentence) });
    assert.deepEqual([...objects.boxes], [59, 0, 64, 5, 1, 1, 3, 3]);
    assert.deepEqual([...objects.classes], [0, 1]);
    assert.deepEqual(
      told.map((sentence) => sentence.slice(0, 16)),
      ['a.xml: line 5: e', 'a.xml: line 9: e', 'a.xml: line 13: '],
    );
  });
});

function write(path: string, text: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

describe('vocFolder', () => {
  for (const id of ['one', 'two']) write(`Annotations/${id}.xml`, xml(object(id === 'one' ? 'dog' : 'person', [1, 1, 5, 5])));
  write('JPEGImages/one.JPG', '');
  write('JPEGImages/two.png', '');
  write('JPEGImages/notes.txt', '');
  write('ImageSets/Main/train.txt', 'two\r\none \r\n\r\n');
  write('ImageSets/Main/dog_train.txt', 'one  1\ntwo -1\n');

  test('samples in the order of the list', () => {
    const { samples, classNames } = vocFolder(root, 'train');
    assert.equal(classNames, VOC_CLASSES);
    assert.deepEqual(
      samples.map(({ id, picture, objects }) => [id, picture, [...objects.classes]]),
      [
        ['two', join(root, 'JPEGImages', 'two.png'), [14]],
        ['one', join(root, 'JPEGImages', 'one.JPG'), [11]],
      ],
    );
  });

  test('a list of a class has the pictures with it', () =>
    assert.deepEqual(
      vocFolder(root, 'dog_train').samples.map(({ id }) => id),
      ['one'],
    ));

  test('two sets as one', () => {
    const [train, dogs] = [vocFolder(root, 'train'), vocFolder(root, 'dog_train')];
    const people = { ...train, samples: train.samples.slice(0, 1) };
    assert.deepEqual(
      joinSamples(people, dogs).samples.map(({ id }) => id),
      ['two', 'one'],
    );
    const again = `joinSamples: set 2: expected every picture once, received ${join(root, 'JPEGImages', 'one.JPG')} again`;
    assert.throws(() => joinSamples(train, dogs), { name: 'InputError', message: again });
    const message = 'joinSamples: set 2: expected the classes cat, person, received dog';
    assert.throws(() => joinSamples({ ...train, classNames }, { classNames: ['dog'], samples: [] }), {
      name: 'InputError',
      message,
    });
  });

  const missing = write('ImageSets/Main/missing.txt', 'one\nthree\n');
  const twice = write('ImageSets/Main/twice.txt', 'one\ntwo\none\n');
  const empty = write('ImageSets/Main/empty.txt', '\n');
  const outside = write('ImageSets/Main/outside.txt', '../../one\n');
  const dog = join(root, 'Annotations', 'one.xml');
  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a picture that is missing',
      () => vocFolder(root, 'missing'),
      `${missing}: line 2: expected a picture three.jpg in JPEGImages, received none`,
    ],
    [
      'an id that is there twice',
      () => vocFolder(root, 'twice'),
      `${twice}: line 3: expected every id once, received one again; it is in line 1`,
    ],
    ['an empty list', () => vocFolder(root, 'empty'), `${empty}: expected a list of pictures, received no id`],
    [
      'an id that leads out',
      () => vocFolder(root, 'outside'),
      `${outside}: line 1: expected an id, or an id and −1, 0 or 1, received "../../one"`,
    ],
    [
      'a split that leads out',
      () => vocFolder(root, '../train'),
      'vocFolder: split: expected the name of a list, as trainval, received "../train"',
    ],
    [
      'other classes',
      () => vocFolder(root, 'train', { classNames }),
      `${dog}: line 3: name: expected one of the classes cat, person, received "dog"`,
    ],
  ];
  for (const [name, f, message] of refusals) test(name, () => assert.throws(f, { name: 'InputError', message }));

  test('a million objects are refused at once', () => {
    const path = write('Annotations/million.xml', xml(object('cat', [1, 1, 5, 5]).repeat(1_000_000)));
    const before = process.cpuUsage();
    assert.throws(() => readVoc(path, { classNames }), {
      name: 'InputError',
      message: `${path}: expected a picture's annotation, of at most 4 MiB, received 104 MiB; name another file`,
    });
    const { user, system } = process.cpuUsage(before);
    assert.ok(user + system < 1e6, `${(user + system) / 1e6} s`);
    rmSync(path);
  });
});
