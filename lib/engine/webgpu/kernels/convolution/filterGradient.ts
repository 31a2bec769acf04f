/**
 * The filter's gradient of a convolution, df[tap, c, o] = Σ x[position's window at tap, c] · dy[position, o] over batch and positions:
 * a product of a small matrix's size with very many addends. They are shared out among workgroups, whose partial sums
 * [parts, taps · channels, outputs] `sumOfParts` adds.
 */
import type { Program } from '../program';
import { grid } from '../wgsl';
import { type Geometry, geometryKey } from './geometry';
import { gemmText, type Operand } from './implicitGemm';
import { BUSY, DEPTH, smallTile } from './tiles';

/** Fewest positions of a part: below, its sums cost more than its products. */
const FEWEST = 8 * DEPTH;

export interface FilterGradient {
  readonly program: Program;
  /** Of the result, [parts, …]. */
  readonly parts: number;
}

/** Partial sums of x and dy. */
export function filterGradientProgram(geometry: Geometry): FilterGradient {
  const { batch, rows, columns, from, to } = geometry;
  const positions = batch * rows.output * columns.output;
  const height = rows.taps * columns.taps * from;
  const tile = smallTile(height, to);
  const across = Math.ceil(to / tile.columns);
  const tiles = Math.ceil(height / tile.rows) * across;
  const wanted = Math.max(1, Math.min(Math.ceil(BUSY / tiles), Math.ceil(positions / FEWEST)));
  const share = Math.ceil(positions / wanted / DEPTH) * DEPTH;
  const parts = Math.ceil(positions / share);
  const code = (): string =>
    gemmText({
      ...{ tile, groups: parts * tiles, a: tapsOperand(geometry), b: gradientOperand(geometry) },
      text: `@group(0) @binding(0) var<storage, read_write> result: array<${typeOf(to)}>;
@group(0) @binding(1) var<storage, read> x: array<${typeOf(from)}>;
@group(0) @binding(2) var<storage, read> dy: array<${typeOf(to)}>;
var<private> part: i32;
fn start_of(group: i32) -> Start {
  let own = group / ${tiles};
  part = own;
  let tile = group % ${tiles};
  return Start(tile / ${across} * ${tile.rows}, tile % ${across} * ${tile.columns}, own * ${share}, (own + 1) * ${share});
}
${storeText(height, to)}`,
    });
  const program = { key: `Conv2DBackpropFilter ${geometryKey(geometry)}`, code, workgroups: grid(parts * tiles) };
  return { program, parts };
}

const typeOf = (channels: number): string => (channels % 4 === 0 ? 'vec4<f32>' : 'f32');

function storeText(height: number, to: number): string {
  const scalars = ['x', 'y', 'z', 'w'].map(
    (component, i) => `if (column + ${i} < ${to}) { result[at + column + ${i}] = values.${component}; }`,
  );
  const write = to % 4 === 0 ? 'result[(at + column) / 4] = values;' : scalars.join('\n    ');
  return `struct Column { none: i32 }
fn column_of(column: i32) -> Column { return Column(0); }
fn store(row: i32, column: i32, values: vec4<f32>, own: Column) {
  if (row < ${height} && column < ${to}) {
    let at = (part * ${height} + row) * ${to};
    ${write}
  }
}
`;
}

/** Windows turned: [taps · channels, positions]. */
function tapsOperand({ batch, rows, columns, from }: Geometry): Operand {
  const four = from % 4 === 0;
  const inside = `(u32(y) < ${rows.input}u) & (u32(x_) < ${columns.input}u)`;
  return {
    along: 'side',
    four,
    text: `struct AAt { tap: bool, y: i32, x: i32, channel: i32 }
fn a_at(i: i32) -> AAt {
  let tap = i / ${from};
  let y = tap / ${columns.taps} * ${rows.dilation} - ${rows.before};
  let x = tap % ${columns.taps} * ${columns.dilation} - ${columns.before};
  return AAt(tap < ${rows.taps * columns.taps}, y, x, i % ${from});
}
fn a_load(at: AAt, k: i32) -> ${typeOf(from)} {
  let t = k / ${columns.output};
  let b = t / ${rows.output};
  let y = t % ${rows.output} * ${rows.stride} + at.y;
  let x_ = k % ${columns.output} * ${columns.stride} + at.x;
  let inside = at.tap & (b < ${batch}) & ${inside};
  return select(${typeOf(from)}(0.0), x[select(0, (((b * ${rows.input} + y) * ${columns.input} + x_) * ${from} + at.channel)${four ? ' / 4' : ''}, inside)], inside);
}
`,
  };
}

/** dy [positions, outputs], as it lies in memory. */
function gradientOperand({ batch, rows, columns, to }: Geometry): Operand {
  const four = to % 4 === 0;
  return {
    along: 'side',
    four,
    text: `struct BAt { column: i32 }
fn b_at(i: i32) -> BAt { return BAt(i); }
fn b_load(at: BAt, k: i32) -> ${typeOf(to)} {
  let inside = (k < ${batch * rows.output * columns.output}) & (at.column < ${to});
  return select(${typeOf(to)}(0.0), dy[select(0, (k * ${to} + at.column)${four ? ' / 4' : ''}, inside)], inside);
}
`,
  };
}
