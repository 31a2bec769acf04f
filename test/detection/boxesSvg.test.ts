/** Boxes drawn: where, in which words, and nothing of a class name gets out of its text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxRows } from 'iekd/dist/detection/boxes';
import { boxesSvg } from 'iekd/dist/detection/boxesSvg';

const options = { classNames: ['RBC', 'a<b>&"'], size: [100, 200] } as const;
const boxes = boxRows([
  [0.1, 0.2, 0.3, 0.5],
  [0, 0, 1, 1],
  [0.5, 0.5, 0.6, 0.6],
]);

test('true boxes are dashed, each with the name of its class', () => {
  assert.equal(
    boxesSvg({ boxes: boxes.slice(0, 4), classes: Int32Array.of(0) }, options),
    '<rect x="20" y="20" width="40" height="30" fill="none" stroke="#0072b2" stroke-width="1.5" stroke-dasharray="4 2"/>' +
      '<text x="21" y="17" font-size="9" paint-order="stroke" stroke="#ffffff" stroke-width="2" stroke-linejoin="round" fill="#0072b2">RBC</text>',
  );
});

test('found ones have their score; faint ones are not drawn', () => {
  const svg = boxesSvg({ boxes, classes: Int32Array.of(1, 9, 0), scores: Float64Array.of(0.913, 0.5, 0.499) }, options);
  assert.equal(svg.match(/<rect/g)?.length, 2);
  assert.ok(svg.includes('>a&lt;b&gt;&amp;&quot; 91 %<'), svg);
  assert.ok(/y="9" [^>]*fill="#d55e00">class 9 50 %</.test(svg), svg); // within the box, where there is no room above
});

test('nothing, where there is nothing', () =>
  assert.equal(boxesSvg({ boxes: boxRows([]), classes: Int32Array.of() }, options), ''));
