/** XML of annotations: what is read, and what is refused, with its line and at once. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseXml, type XmlElement } from 'iekd/dist/data/detection/xml';

const shown = ({ name, line, text, children }: XmlElement): unknown => [name, line, text, children.map(shown)];

describe('read', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['an element', '<a>b</a>', ['a', 1, 'b', []]],
    [
      'lines and children',
      '<a>\n <b>1</b>\n\n <b/>\n</a>',
      [
        'a',
        1,
        '',
        [
          ['b', 2, '1', []],
          ['b', 4, '', []],
        ],
      ],
    ],
    ['Windows lines', '<a>\r\n<b>1</b>\r\n</a>', ['a', 1, '', [['b', 2, '1', []]]]],
    [
      'declaration, comments and a byte order mark',
      '\uFEFF<?xml version="1.0"?>\n<!-- <x> -->\n<a>1<!-- - -->2</a>',
      ['a', 3, '12', []],
    ],
    ['attributes are passed over', '<a b="1" c = \'<\' ></a>'.replace("<'", "&lt;'"), ['a', 1, '', []]],
    ['entities', '<a>&lt;&amp;amp;&#65;&#x42;&quot;&apos;&gt;</a>', ['a', 1, '<&amp;AB"\'>', []]],
    ['CDATA', '<a><![CDATA[<b>&amp;]]></a>', ['a', 1, '<b>&amp;', []]],
    ['names of tools', '<ns:a-b.c_1>x</ns:a-b.c_1>', ['ns:a-b.c_1', 1, 'x', []]],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(shown(parseXml(text, 'f')), expected));
});

const bomb = `<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<annotation>&lol2;</annotation>`;

describe('refused', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    [
      'an entity bomb',
      bomb,
      'line 2: expected XML without a document type, received "<!DOCTYPE lolz [<!EN"; remove <!DOCTYPE …>: entities of a file’s own are not read',
    ],
    [
      'an unknown entity',
      '<a>&lol;</a>',
      'line 1: expected one of &amp; &lt; &gt; &quot; &apos;, or a character by its number, received "&lol;"',
    ],
    [
      'a name that every object has',
      '<a>&toString;</a>',
      'line 1: expected one of &amp; &lt; &gt; &quot; &apos;, or a character by its number, received "&toString;"',
    ],
    [
      'a lone ampersand',
      '<a>\n</a>&',
      'line 2: expected one of &amp; &lt; &gt; &quot; &apos;, or a character by its number, received "&"',
    ],
    [
      'a character that is none',
      '<a>&#x110000;</a>',
      'line 1: expected one of &amp; &lt; &gt; &quot; &apos;, or a character by its number, received "&#x110000;"',
    ],
    ['nothing', '', 'line 1: expected XML, received no element'],
    ['text alone', 'hello', 'line 1: expected one element around all text, received "hello"'],
    ['what is cut short', '<a>\n<b>\n</b>\n', 'line 4: expected </a>, which was opened in line 1, received the end of the text'],
    ['another end', '<a>\n<b>\n</a>', 'line 3: expected </b>, which was opened in line 2, received </a>'],
    ['an end alone', '</a>', 'line 1: expected an element, as <name>, received </a>'],
    ['two roots', '<a/>\n<b/>', 'line 2: expected one element around all others, received <b> after it'],
    ['a broken element', '<a>\n<b c=1></b></a>', 'line 2: expected an element, as <name>, received "<b c=1></b></a>"'],
    ['a comment without end', '<a>\n<!-- b</a>', 'line 2: expected --> at the end of <!--, received the end of the text'],
    ['32 levels and one', '<a>'.repeat(40), 'line 1: expected at most 32 elements within each other, received one more'],
    ['elements without end', `<a>${'<b/>'.repeat(200_000)}</a>`, 'line 1: expected at most 200000 elements, received one more'],
  ];
  for (const [name, text, message] of cases) {
    test(name, () => assert.throws(() => parseXml(text, 'f.xml'), { name: 'InputError', message: `f.xml: ${message}` }));
  }

  const long: readonly (readonly [string, string])[] = [
    ['spaces', `<a ${' '.repeat(4e6)}`],
    ['a name', `<${'a'.repeat(4e6)}`],
    ['attributes', `<a ${'b="c" '.repeat(7e5)}`],
    ['openings', '<'.repeat(4e6)],
    ['ampersands', `<a>${'&'.repeat(4e6)}</a>`],
    ['comments that do not end', `<a>${'<!--'.repeat(1e6)}`],
  ];
  for (const [name, text] of long) {
    test(`4 MB of ${name}, in less than a second`, () => {
      const before = process.cpuUsage();
      assert.throws(() => parseXml(text, 'f.xml'), { name: 'InputError' });
      const { user, system } = process.cpuUsage(before);
      assert.ok(user + system < 1e6, `${(user + system) / 1e6} s`);
    });
  }
});
