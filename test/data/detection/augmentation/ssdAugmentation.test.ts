/** SSD's variation: colours against Python's colorsys, windows by their rules, and boxes that stay where their objects are. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ColourChange,
  changeColours,
  drawColour,
  NO_CHANGE,
  SSD_COLOURS,
} from 'iekd/dist/data/detection/augmentation/colour';
import {
  drawVariation,
  plainVariation,
  SSD_AUGMENTATION,
  type SsdAugmentation,
  writeVariation,
} from 'iekd/dist/data/detection/augmentation/ssdAugmentation';
import { inUnits, mirrorBoxes, objectsInView, windowWithin } from 'iekd/dist/data/detection/augmentation/viewedObjects';
import { drawCrop, drawExpansion } from 'iekd/dist/data/detection/augmentation/windows';
import type { RgbPicture } from 'iekd/dist/data/pictures/rgbPicture';
import type { Window } from 'iekd/dist/data/pictures/viewPicture';
import { boxAt, boxRows, iou } from 'iekd/dist/detection/boxes';
import type { Objects } from 'iekd/dist/detection/detections';
import { random } from 'iekd/dist/util/rng';
import { assertClose } from '../../../detection/close';

const objectsAt = (...rows: readonly (readonly number[])[]): Objects => ({
  boxes: boxRows(rows),
  classes: Int32Array.from(rows, (_, i) => i),
});
const source = random(11);
const PIXELS = [160, 160] as const;

describe('changeColours', () => {
  type Colour = readonly [number, number, number];
  // colorsys.rgb_to_hsv and hsv_to_rgb of Python, the saturation cut at 1
  const cases: readonly (readonly [string, Colour, Partial<ColourChange>, Colour])[] = [
    ['hue and saturation', [200, 100, 50], { saturation: 1.3, hue: 36 }, [200, 187, 5]],
    ['hue back, less saturation', [10, 240, 130], { saturation: 0.5, hue: -36 }, [134, 240, 125]],
    ['a saturation', [90, 90, 200], { saturation: 1.5, hue: 10 }, [62.5, 35, 200]],
    ['a saturation of 1 and no more', [250, 20, 220], { saturation: 1.5, hue: 30 }, [250, 0, 92.3913]],
    ['hue alone', [120, 121, 60], { hue: -20 }, [121, 101.6667, 60]],
    ['grey has no hue', [90, 90, 90], { saturation: 1.5, hue: 30 }, [90, 90, 90]],
    ['brightness, within its ends', [250, 20, 128], { brightness: 30 }, [255, 50, 158]],
    ['contrast', [250, 20, 128], { contrast: 0.5 }, [125, 10, 64]],
    ['contrast, then saturation', [200, 100, 0], { contrast: 1.5, saturation: 0.5 }, [255, 202.5, 127.5]],
    ['saturation, then contrast', [200, 100, 0], { contrast: 1.5, saturation: 0.5, contrastLast: true }, [255, 225, 150]],
    ['nothing', [1, 2, 3], {}, [1, 2, 3]],
  ];
  for (const [name, before, change, after] of cases) {
    test(name, () => {
      const values = Float32Array.from(before);
      changeColours(values, { ...NO_CHANGE, ...change });
      assertClose(values, after, 1e-4);
    });
  }

  test('drawn: each change in half of the cases, within its range', () => {
    const stream = source.stream('colours');
    const drawn = Array.from({ length: 2000 }, () => drawColour(SSD_COLOURS, stream));
    const share = (happens: (change: ColourChange) => boolean): number => drawn.filter(happens).length / drawn.length;
    const shares = [
      share(({ brightness }) => brightness !== 0),
      share(({ contrast }) => contrast !== 1),
      share(({ saturation }) => saturation !== 1),
      share(({ hue }) => hue !== 0),
      share(({ contrastLast }) => contrastLast),
    ];
    assertClose(shares, [0.5, 0.5, 0.5, 0.5, 0.5], 0.04); // four standard deviations of a share of 2,000
    const largest = (value: (change: ColourChange) => number): number => Math.max(...drawn.map((one) => Math.abs(value(one))));
    const reach = [largest((c) => c.brightness), largest((c) => c.contrast - 1), largest((c) => c.hue)];
    assert.ok(
      reach.every((value, i) => value <= ([32, 0.5, 36][i] as number)),
      `${reach}`,
    );
    assertClose(reach, [32, 0.5, 36], 0.2);
  });
});

describe('objects in a view', () => {
  const objects = objectsAt([0, 0, 0.4, 0.4], [0.3, 0.3, 0.6, 0.5], [0.8, 0.8, 1, 1]);
  const cases: readonly (readonly [string, Window, readonly number[], readonly number[]])[] = [
    ['all', [0, 0, 1, 1], [0, 1, 2], [...objects.boxes]],
    ['the left half: centres count, boxes are cut', [0, 0, 0.5, 1], [0, 1], [0, 0, 0.8, 0.4, 0.6, 0.3, 1, 0.5]],
    ['a centre on the edge is outside', [0.2, 0, 1, 1], [1, 2], [0.125, 0.3, 0.5, 0.5, 0.75, 0.8, 1, 1]],
    ['from a distance', [-1, -1, 1, 1], [0, 1, 2], [0.5, 0.5, 0.7, 0.7, 0.65, 0.65, 0.8, 0.75, 0.9, 0.9, 1, 1]],
    ['nothing', [0.6, 0, 0.8, 0.2], [], []],
  ];
  for (const [name, window, classes, boxes] of cases) {
    test(name, () => {
      const seen = objectsInView(objects, window, PIXELS);
      assert.deepEqual([...seen.classes], classes);
      assertClose(seen.boxes, boxes, 1e-12);
    });
  }

  test('what is less than a pixel is not seen; marks stay with their objects', () => {
    const marked = {
      ...objectsAt([0, 0, 0.005, 0.5], [0, 0, 0.5, 0.5]),
      difficult: Uint8Array.of(0, 1),
      crowd: Uint8Array.of(1, 0),
    };
    const seen = objectsInView(marked, [0, 0, 1, 1], PIXELS);
    assert.deepEqual([[...seen.classes], [...(seen.difficult ?? [])], [...(seen.crowd ?? [])]], [[1], [1], [0]]);
  });

  test('mirrors', () => {
    const boxes = boxRows([[0.1, 0.2, 0.4, 0.9]]);
    assertClose(mirrorBoxes(boxes, { mirrored: true }), [0.6, 0.2, 0.9, 0.9], 1e-12);
    assertClose(mirrorBoxes(boxes, { upsideDown: true }), [0.1, 0.1, 0.4, 0.8], 1e-12);
    assertClose(mirrorBoxes(boxes, { mirrored: true, upsideDown: true }), [0.6, 0.1, 0.9, 0.8], 1e-12);
  });

  test('units, and windows of windows', () => {
    assertClose(inUnits(objectsAt([10, 20, 30, 40]), [40, 100]).boxes, [0.1, 0.5, 0.3, 1], 1e-12);
    assertClose(windowWithin([-1, 0, 1, 1], [0.5, 0.5, 1, 1]), [0, 0.5, 1, 1], 1e-12);
  });
});

describe('windows', () => {
  test('an expansion is 1 to 4 times as large, and the picture is in it', () => {
    const stream = source.stream('expansions');
    const sides = Array.from({ length: 500 }, () => {
      const [x1, y1, x2, y2] = drawExpansion(4, stream);
      assert.ok(x1 <= 0 && y1 <= 0 && x2 >= 1 && y2 >= 1, `${[x1, y1, x2, y2]}`);
      assert.ok(Math.abs(x2 - x1 - (y2 - y1)) < 1e-12);
      return x2 - x1;
    });
    assert.ok(Math.min(...sides) < 1.1 && Math.max(...sides) > 3.9 && Math.max(...sides) <= 4);
  });

  const objects = objectsAt([0.1, 0.1, 0.5, 0.6], [0.6, 0.5, 0.7, 0.6]);
  const best = (crop: Window): number => Math.max(...[0, 1].map((i) => iou(Float64Array.from(crop), 0, objects.boxes, i)));

  for (const overlap of [0.1, 0.3, 0.5]) {
    test(`a crop overlaps an object by ${overlap}, and shows one`, () => {
      const stream = source.stream(`crops/${overlap}`);
      const crops = Array.from({ length: 200 }, () => drawCrop(objects, PIXELS, stream, { overlaps: [overlap] }));
      const cut = crops.filter((crop) => crop[2] - crop[0] < 1);
      assert.ok(cut.length > 60 && cut.length < 140, `${cut.length} of 200`); // or the whole picture, by a coin
      for (const crop of cut) {
        assert.ok(best(crop) >= overlap, `${crop}: ${best(crop)}`);
        assert.ok(objectsInView(objects, crop, PIXELS).classes.length > 0);
        const [x1, y1, x2, y2] = crop;
        const [width, height] = [x2 - x1, y2 - y1];
        assert.ok(x1 >= 0 && y1 >= 0 && x2 <= 1 && y2 <= 1, `${crop}`);
        assert.ok(
          width / height >= 0.5 - 1e-9 && width / height <= 2 + 1e-9 && Math.sqrt(width * height) >= 0.3 - 1e-9,
          `${crop}`,
        );
      }
    });
  }

  test('without objects there is no crop', () => {
    const stream = source.stream('empty');
    for (let i = 0; i < 20; i++) assert.deepEqual(drawCrop(objectsAt(), PIXELS, stream), [0, 0, 1, 1]);
  });

  test('the whole picture is as probable as each of the crops', () => {
    const stream = source.stream('whole');
    const large = objectsAt([0.02, 0.02, 0.98, 0.98]);
    const whole = Array.from({ length: 700 }, () => drawCrop(large, PIXELS, stream)).filter((crop) => crop[2] - crop[0] === 1);
    assertClose([whole.length / 700], [1 / 7], 0.06);
  });
});

/** A black picture with one white rectangle. */
function rectangle(height: number, width: number, [x1, y1, x2, y2]: readonly [number, number, number, number]): RgbPicture {
  const bytes = new Uint8Array(height * width * 3);
  for (let y = y1; y < y2; y++) for (let x = x1; x < x2; x++) bytes.fill(255, (y * width + x) * 3, (y * width + x + 1) * 3);
  return { height, width, bytes };
}

describe('drawVariation', () => {
  const box = [30, 20, 70, 50] as const;
  const picture = rectangle(80, 120, box);
  const objects = objectsAt(box);
  const geometry: SsdAugmentation = { expansion: 4, crops: {}, mirror: 'both' };

  test('the box is where the object is, whatever was drawn', () => {
    const out = new Uint8Array(160 * 160 * 3);
    for (let i = 0; i < 60; i++) {
      const variation = drawVariation(objects, [80, 120], PIXELS, geometry, source.stream(`boxes/${i}`));
      writeVariation(picture, PIXELS, variation, [0, 0, 0], out);
      const [x1, y1, x2, y2] = boxAt(variation.objects.boxes, 0).map((value) => 160 * value) as [number, number, number, number];
      let [inside, outside] = [0, 0];
      for (let y = 0; y < 160; y++) {
        for (let x = 0; x < 160; x++) {
          const light = (out[(y * 160 + x) * 3] as number) / 255;
          if (x + 0.5 > x1 && x + 0.5 < x2 && y + 0.5 > y1 && y + 0.5 < y2) inside += light;
          else outside += light;
        }
      }
      const [area, edge] = [(x2 - x1) * (y2 - y1), 2 * (x2 - x1 + y2 - y1)];
      assert.ok(Math.abs(inside - area) <= 1.5 * edge && outside <= 1.5 * edge, `${i}: ${inside} of ${area}, ${outside} outside`);
    }
  });

  test('by the same stream the same, whatever was drawn from another', () => {
    const draw = (): unknown => drawVariation(objects, [80, 120], PIXELS, SSD_AUGMENTATION, source.stream('augment/3/17'));
    const first = draw();
    source.stream('augment/3/18').uniform();
    assert.deepEqual(draw(), first);
  });

  test('objects are never lost, colours vary and pictures without objects do, too', () => {
    const seen = Array.from({ length: 100 }, (_, i) =>
      drawVariation(objectsAt([59, 39, 61, 41]), [80, 120], [40, 40], SSD_AUGMENTATION, source.stream(`small/${i}`)),
    );
    // Two of 120 pixels are less than one of 40: this object is seen in crops only.
    assert.ok(seen.some(({ objects: { classes } }) => classes.length > 0));
    const large = Array.from({ length: 100 }, (_, i) =>
      drawVariation(objects, [80, 120], PIXELS, SSD_AUGMENTATION, source.stream(`large/${i}`)),
    );
    assert.ok(large.every(({ objects: { classes } }) => classes.length === 1));
    assert.ok(new Set(large.map(({ colour }) => JSON.stringify(colour))).size > 50);
    const empty = drawVariation(objectsAt(), [80, 120], PIXELS, { ...geometry, expansion: 2 }, source.stream('empty/1'));
    assert.equal(empty.objects.classes.length, 0);
  });

  test('without variation a picture is squashed to its size', () => {
    const plain = plainVariation(objects, [80, 120], PIXELS);
    assertClose(plain.objects.boxes, [0.25, 0.25, 70 / 120, 0.625], 1e-12);
    const out = new Uint8Array(80 * 120 * 3);
    writeVariation(picture, [80, 120], plain, [0, 0, 0], out);
    assert.deepEqual(out, picture.bytes);
  });

  test('no part of it is left out: no mirror, no expansion, no crops, no colours', () => {
    const none: SsdAugmentation = { expansion: 1, mirror: 'none' };
    for (let i = 0; i < 10; i++) {
      const { view, colour } = drawVariation(objects, [80, 120], PIXELS, none, source.stream(`none/${i}`));
      assert.deepEqual([view.mirrored, view.upsideDown, colour], [false, false, NO_CHANGE]);
      assertClose(view.window ?? [], [0, 0, 1, 1], 1e-12);
    }
  });
});
