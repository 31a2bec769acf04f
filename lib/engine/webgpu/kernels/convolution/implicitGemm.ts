/**
 * The text of a tiled product of matrices, A [rows, depth] · B [depth, columns], whose operands are functions of their indices: never
 * built, but read from a map where a tile is loaded (implicit GEMM; Chetlur et al. 2014, cuDNN, section 3). A workgroup keeps a tile of
 * both in its memory, each thread sums a block of the product in registers, in the order of the depth.
 */
import { grid } from '../wgsl';
import { type Tile, threadsOf } from './tiles';

/**
 * How an operand is read. The text defines `NAME_at(i: i32) -> NAMEAt`, once an index of the operand's own side (a row of A, a column
 * of B), and `NAME_load(at: NAMEAt, k: i32)`, zero beyond the matrix.
 */
export interface Operand {
  readonly text: string;
  /** Along which of its indices values lie together in memory. */
  readonly along: 'depth' | 'side';
  /** Whether `load` gives four values along it, from a multiple of 4, or one. */
  readonly four: boolean;
}

export interface Gemm {
  readonly tile: Tile;
  readonly a: Operand;
  readonly b: Operand;
  /**
   * Declarations, and the functions `start_of(group: i32) -> Start`, `column_of(column: i32) -> Column` for four columns, and
   * `store(row: i32, column: i32, values: vec4<f32>, own: Column)`.
   */
  readonly text: string;
  /** Workgroups, in one number. */
  readonly groups: number;
}

/** `Start` says which tile a workgroup computes: its first row and column, and its share of the depth. */
const START = `struct Start { row: i32, column: i32, begin: i32, end: i32 }
`;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const lines = (count: number, line: (i: number) => string): string => range(count).map(line).join('\n');

/** The whole program. */
export function gemmText({ tile, a, b, text, groups }: Gemm): string {
  const { rows, columns, depth, threadRows, threadColumns } = tile;
  const threads = threadsOf(tile);
  const [fillA, fillB] = [fill('a', a, rows, tile), fill('b', b, columns, tile)];
  return `${START}${text}${a.text}${b.text}
var<workgroup> tile_a: array<vec4<f32>, ${(depth * rows) / 4}>;
var<workgroup> tile_b: array<vec4<f32>, ${(depth * columns) / 4}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let group = i32(workgroup.x + workgroup.y * ${grid(groups)[0]}u);
  if (group >= ${groups}) { return; }
  let start = start_of(group);
  let thread = i32(local);
  let down = thread / ${columns / threadColumns};
  let across = thread % ${columns / threadColumns};
${lines(threadRows * (threadColumns / 4), (i) => `  var sum${i} = vec4<f32>(0.0);`)}
${fillA.before}
${fillB.before}
  for (var k0 = start.begin; k0 < start.end; k0 += ${depth}) {
${fillA.each}
${fillB.each}
    workgroupBarrier();
    let addends = select(${depth}, start.end - k0, start.end - k0 < ${depth});
    for (var k = 0; k < addends; k++) {
${multiply(tile)}
    }
    workgroupBarrier();
  }
${storeBlock(tile)}
}
`;
}

/** Fills one operand's tile, [depth][side / 4] of four values along the side. `before`: what does not change along the depth. */
function fill(name: string, operand: Operand, side: number, tile: Tile): { readonly before: string; readonly each: string } {
  return operand.four ? fillFours(name, operand, side, tile) : { before: '', each: fillOnes(name, operand, side, tile) };
}

const origin = (name: string): string => (name === 'a' ? 'start.row' : 'start.column');

/** Value by value: for numbers of channels that are no multiple of 4. Short in text, which compilers inline. */
function fillOnes(name: string, { along }: Operand, side: number, tile: Tile): string {
  const size = along === 'depth' ? tile.depth : side;
  const [k, i] = along === 'depth' ? ['fast', 'slow'] : ['slow', 'fast'];
  return `    for (var unit = thread; unit < ${side * tile.depth}; unit += ${threadsOf(tile)}) {
      let fast = unit % ${size};
      let slow = unit / ${size};
      tile_${name}[${k} * ${side / 4} + ${i} / 4][${i} % 4] = ${name}_load(${name}_at(${origin(name)} + ${i}), k0 + ${k});
    }`;
}

/** Neighbouring threads read neighbouring fours. Along the depth a thread reads four by four values, and turns them in registers. */
function fillFours(
  name: string,
  { along }: Operand,
  side: number,
  tile: Tile,
): { readonly before: string; readonly each: string } {
  const quarter = side / 4;
  const threads = threadsOf(tile);
  const turned = along === 'depth';
  const size = turned ? tile.depth / 4 : quarter;
  const units = turned ? size * quarter : size * tile.depth;
  const [fast, slow] = turned ? ['k', 'side'] : ['side', 'k'];
  const same = (i: number): boolean => i > 0 && threads % size === 0; // the fast index of the first unit
  const place = (i: number): string => {
    const unit = i === 0 ? 'thread' : `(thread + ${i * threads})`;
    const index = same(i) ? `${name}0_${fast}` : `${unit} % ${size}`;
    return `  let ${name}${i}_${fast} = ${index};\n  let ${name}${i}_${slow} = ${unit} / ${size};`;
  };
  const at = (i: number, j: number): string => {
    const known = !turned && same(i) ? `${name}0_at${j}` : `${name}_at(${origin(name)} + 4 * ${name}${i}_side + ${j})`;
    return `  let ${name}${i}_at${j} = ${known};`;
  };
  const guarded = (i: number, body: string): string =>
    (i + 1) * threads <= units ? body : `    if (thread < ${units - i * threads}) {\n${body}\n    }`;
  const count = Math.ceil(units / threads);
  return {
    before: lines(count, (i) => `${place(i)}\n${lines(turned ? 4 : 1, (j) => at(i, j))}`),
    each: lines(count, (i) => guarded(i, turned ? keepTurned(`${name}${i}`, name, quarter) : keep(`${name}${i}`, name, quarter))),
  };
}

const keep = (unit: string, name: string, quarter: number): string =>
  `    tile_${name}[${unit}_k * ${quarter} + ${unit}_side] = ${name}_load(${unit}_at0, k0 + ${unit}_k);`;

function keepTurned(unit: string, name: string, quarter: number): string {
  const loads = lines(4, (j) => `    let ${unit}_v${j} = ${name}_load(${unit}_at${j}, k0 + 4 * ${unit}_k);`);
  const turn = (component: string, k: number): string => {
    const four = range(4).map((j) => `${unit}_v${j}.${component}`);
    return `    tile_${name}[(4 * ${unit}_k + ${k}) * ${quarter} + ${unit}_side] = vec4<f32>(${four.join(', ')});`;
  };
  return `${loads}\n${['x', 'y', 'z', 'w'].map(turn).join('\n')}`;
}

/** Rows and columns of a thread's block lie in groups of four, `down + group · …`, so that neighbours read neighbouring memory. */
function multiply({ rows, columns, threadRows, threadColumns }: Tile): string {
  const read = (name: string, side: number, groups: number, index: string) =>
    lines(groups, (g) => `      let ${name}${g} = tile_${name}[k * ${side / 4} + ${index} + ${(g * side) / 4 / groups}];`);
  const across = threadColumns / 4;
  const products = lines(threadRows * across, (i) => {
    const [row, group] = [Math.floor(i / across), i % across];
    return `      sum${i} += a${row >> 2}.${'xyzw'[row % 4]} * b${group};`;
  });
  return `${read('a', rows, threadRows / 4, 'down')}\n${read('b', columns, across, 'across')}\n${products}`;
}

function storeBlock({ rows, columns, threadRows, threadColumns }: Tile): string {
  const across = threadColumns / 4;
  const group = (i: number): string =>
    `  let column${i} = start.column + 4 * (across + ${(i * columns) / threadColumns});\n  let own${i} = column_of(column${i});`;
  const store = (i: number): string => {
    const row = Math.floor(i / across);
    const down = `4 * (down + ${((row >> 2) * rows) / threadRows}) + ${row % 4}`;
    return `  store(start.row + ${down}, column${i % across}, sum${i}, own${i % across});`;
  };
  return `${lines(across, group)}\n${lines(threadRows * across, store)}`;
}
