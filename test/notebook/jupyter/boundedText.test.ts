/** Long streams: both ends are kept, the middle is counted, however it came. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { boundedText } from 'iekd/dist/notebook/jupyter/boundedText';

const END = 2 ** 18;
/** Lines of eight characters: `0000001\n`. */
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${String(from + i).padStart(7, '0')}\n`).join('');

function collected(text: string, piece: number): string {
  const bounded = boundedText();
  for (let at = 0; at < text.length; at += piece) bounded.add(text.slice(at, at + piece));
  return bounded.text();
}

describe('bounded text', () => {
  const kept = END / 8;
  const million = lines(0, 1_000_000);
  const ends = `${lines(0, kept)}… left out: 934,464 lines, 7,475,712 characters …\n${lines(1_000_000 - kept, 1_000_000)}`;
  const table: readonly (readonly [string, string, string])[] = [
    ['keeps short text', 'a\nb', 'a\nb'],
    ['keeps nothing of nothing', '', ''],
    ['keeps all that fits at both ends', lines(0, 2 * kept), lines(0, 2 * kept)],
    [
      'leaves out the first line that does not fit',
      lines(0, 2 * kept + 1),
      `${lines(0, kept)}… left out: 1 lines, 8 characters …\n${lines(kept + 1, 2 * kept + 1)}`,
    ],
    ['keeps both ends of a million lines', million, ends],
    [
      'cuts a line that has no end',
      'x'.repeat(3 * END),
      `${'x'.repeat(END)}\n… left out: 0 lines, ${END.toLocaleString('en-GB')} characters …\n${'x'.repeat(END)}`,
    ],
  ];
  for (const [name, text, expected] of table) {
    for (const piece of [8, 1000, 2 ** 16, 2 ** 30]) {
      it(`${name}, in pieces of ${piece}`, () => assert.ok(collected(text, piece) === expected));
    }
  }
  it('can be read in between', () => {
    const bounded = boundedText();
    bounded.add(million.slice(0, 4_000_000));
    bounded.text();
    bounded.add(million.slice(4_000_000));
    assert.ok(bounded.text() === ends);
  });
});
