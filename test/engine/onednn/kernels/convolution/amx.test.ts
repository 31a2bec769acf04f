/**
 * 3×3 convolutions by products of AMX tiles, called as the engine calls them, against sums in float64 of the same values, which are
 * rounded to bfloat16 beforehand: products are exact then and sums are float32, so that a result may be off by 2⁻¹⁹ of the sum of its
 * addends' sizes, and where it is kept in bfloat16 by half a unit of its last place, at most 2⁻⁸ of it, besides. Where there is no AMX, all is
 * skipped. A process in which ONEDNN_MAX_CPU_ISA forbids it filters by Winograd's algorithm instead.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { type Addon, loadAddon, type NativeFunction } from 'iekd/dist/engine/onednn/loader';
import { type Bordered, direct, drawn, type Gradients, geometry, narrow, widen } from './directConvolution';

const loaded = loadAddon();
const addon: Addon | undefined = 'addon' in loaded ? loaded.addon : undefined;
const skip = addon?.info().amx ? false : 'no AMX here';

const same = [1, 1, 1, 1] as const;
const PADDINGS = Array.from({ length: 81 }, (_, i) => [i % 3, Math.floor(i / 3) % 3, Math.floor(i / 9) % 3, Math.floor(i / 27)]);

/** Images of one place, of more rows or values than a block holds, and channels that leave half a tile or half a panel. */
const TABLE: readonly Bordered[] = [
  { x: [1, 1, 1, 16], to: 16, padding: same },
  { x: [1, 2, 3, 16], to: 32, padding: same },
  { x: [3, 5, 7, 16], to: 48, padding: same },
  { x: [2, 32, 32, 16], to: 16, padding: same },
  { x: [5, 8, 8, 64], to: 64, padding: same },
  { x: [1, 9, 11, 48], to: 80, padding: [0, 2, 2, 1] },
  { x: [3, 33, 40, 32], to: 16, padding: [2, 1, 1, 0] },
  { x: [1, 9, 290, 64], to: 32, padding: same },
  { x: [2, 4, 3, 128], to: 96, padding: [1, 0, 0, 2] },
  { x: [7, 2, 2, 112], to: 128, padding: same },
  ...PADDINGS.map((padding): Bordered => ({ x: [2, 4, 5, 16], to: 32, padding: padding as [number, number, number, number] })),
];

interface Given {
  readonly x: Uint16Array;
  readonly filter: Float32Array;
  readonly dy: Uint16Array;
}

function given(g: Bordered, seed: number): Given {
  const { values, filter, outputs } = geometry(g);
  const numbers = drawn(seed);
  const map = (count: number): Uint16Array => narrow(Float32Array.from({ length: count }, numbers));
  return { x: map(values), filter: widen(map(filter)), dy: map(outputs) };
}

/** What the addon's three kernels make of it. */
function byTiles(g: Bordered, { x, filter, dy }: Given): Gradients {
  const { dimensions } = geometry(g);
  const kernel = (name: string): NativeFunction => (addon as Addon)[name] as NativeFunction;
  const [y, dx, dfilter] = [new Uint16Array(dy.length), new Uint16Array(x.length), new Float32Array(filter.length)];
  kernel('WinogradConv2D')(...dimensions, x, filter, y);
  kernel('WinogradConv2DBackpropInput')(...dimensions, dy, filter, dx);
  kernel('WinogradConv2DBackpropFilter')(...dimensions, x, dy, dfilter);
  return { y: widen(y), dx: widen(dx), dfilter };
}

const SUMS = 2 ** -19;
const KEPT = 2 ** -8;

/** The first value that is further off than it may be. @param sizes the sums of the addends' sizes */
function complaint(actual: Gradients, expected: Gradients, sizes: Gradients): string | undefined {
  for (const name of ['y', 'dx', 'dfilter'] as const)
    for (let i = 0; i < expected[name].length; i++) {
      const [seen, wanted, size] = [actual, expected, sizes].map((of) => of[name][i] as number) as [number, number, number];
      const most = SUMS * size + (name === 'dfilter' ? 0 : KEPT * Math.abs(wanted));
      if (!(Math.abs(seen - wanted) <= most)) return `${name}[${i}] is ${seen}, expected ${wanted} ± ${most}`;
    }
  return undefined;
}

describe('convolutions by AMX tiles', { skip }, () => {
  it('are the sums that define them, for any number of threads', () => {
    for (const [i, g] of TABLE.entries()) {
      const values = given(g, i);
      const [expected, sizes] = [direct(g, values), direct(g, values, Math.abs)];
      for (const threads of [1, 3]) {
        addon?.setThreads(threads);
        assert.equal(complaint(byTiles(g, values), expected, sizes), undefined, `${JSON.stringify(g)}, threads: ${threads}`);
      }
    }
  });

  it('have the same bits every time, and but for the sum over images at any number of threads', () => {
    const g: Bordered = { x: [9, 17, 15, 48], to: 64, padding: same };
    const values = given(g, 1);
    const [one, three, again] = [1, 3, 3].map((threads) => {
      addon?.setThreads(threads);
      return byTiles(g, values);
    });
    assert.deepEqual(three, again);
    assert.deepEqual([one?.y, one?.dx], [three?.y, three?.dx]);
  });

  it('keep what is infinite or no number where it belongs', () => {
    const g: Bordered = { x: [2, 5, 6, 16], to: 16, padding: same };
    for (const bad of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN])
      for (const place of [0, 7, 15, 29]) {
        const values = given(g, 2);
        values.x.set(narrow(Float32Array.of(bad)), place * 16 + 3);
        const { y } = byTiles(g, values);
        const kind = (v: number): number => (Number.isFinite(v) ? 0 : v);
        assert.deepEqual(Array.from(y, kind), Array.from(direct(g, values).y, kind));
      }
  });

  it('let it reach the gradients that it is in', () => {
    const g: Bordered = { x: [2, 5, 6, 16], to: 16, padding: same };
    const values = given(g, 3);
    values.dy.set(narrow(Float32Array.of(Number.NaN)), 14 * 16 + 5);
    const { dx, dfilter } = byTiles(g, values);
    const reached = direct(g, values);
    assert.deepEqual(Array.from(dx, Number.isNaN), Array.from(reached.dx, Number.isNaN));
    assert.deepEqual(Array.from(dfilter, Number.isNaN), Array.from(reached.dfilter, Number.isNaN));
  });

  it('give way to filtering where the environment forbids them, which rounds more', () => {
    const g: Bordered = { x: [2, 16, 16, 32], to: 32, padding: same };
    const values = given(g, 4);
    const script = `
      const { addon } = require('iekd/dist/engine/onednn/loader').loadAddon();
      const { dimensions, x, filter, outputs } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
      const y = new Uint16Array(outputs);
      addon.WinogradConv2D(...dimensions, Uint16Array.from(x), Float32Array.from(filter), y);
      console.log(JSON.stringify({ amx: addon.info().amx, y: [...y] }));`;
    const input = JSON.stringify({ ...geometry(g), x: [...values.x], filter: [...values.filter] });
    const env = { ...process.env, ONEDNN_MAX_CPU_ISA: 'AVX512_CORE_BF16' };
    const child = spawnSync(process.execPath, ['-e', script], { input, env, encoding: 'utf8', maxBuffer: 1 << 26 });
    const { amx, y } = JSON.parse(child.stdout) as { amx: boolean; y: number[] };
    const wanted = direct(g, values).y;
    const off = (seen: ArrayLike<number>): number =>
      Math.sqrt(wanted.reduce((sum, v, i) => sum + (v - (seen[i] as number)) ** 2, 0));
    const size = off(new Float64Array(wanted.length));
    assert.equal(amx, false);
    assert.ok(off(byTiles(g, values).y) < 0.002 * size, 'by tiles as far as rounding the result explains');
    const filtered = off(widen(Uint16Array.from(y)));
    assert.ok(filtered > 0.003 * size && filtered < 0.012 * size, `filtered, off by ${filtered / size}`);
  });
});
