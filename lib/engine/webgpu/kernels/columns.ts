/**
 * Reductions over the rows of [outer, rows, columns], in two steps where the rows are many: workgroups take blocks of rows, and a
 * second program takes what they found as its rows. Invocations side by side read columns side by side; every sum is taken in one
 * order, so that the bits are the same each time.
 */
import { entry } from './wgsl';

export interface ColumnShape {
  readonly outer: number;
  readonly rows: number;
  readonly columns: number;
}

/** How workgroups share the rows and columns. */
export interface ColumnPlan extends ColumnShape {
  /** Columns of a workgroup. */
  readonly tile: number;
  readonly tiles: number;
  /** Invocations that share the rows of a column; a power of two. */
  readonly lanes: number;
  readonly blocks: number;
  /** Of a block; the last one may have fewer. */
  readonly blockRows: number;
}

const INVOCATIONS = 256;
const MOST_TILE = 64;
/** Rows that an invocation should have at least before rows are shared among workgroups. */
const FEWEST_ROWS = 16;

const powerOfTwo = (atLeast: number): number => 2 ** Math.ceil(Math.log2(atLeast));

/** @param mostBlocks of rows */
export function columnPlan({ outer, rows, columns }: ColumnShape, mostBlocks: number): ColumnPlan {
  const tile = Math.min(MOST_TILE, powerOfTwo(columns));
  const tiles = Math.ceil(columns / tile);
  const lanes = Math.min(INVOCATIONS / tile, powerOfTwo(rows));
  const wanted = Math.max(1, Math.min(mostBlocks, Math.ceil(rows / (lanes * FEWEST_ROWS))));
  const blockRows = Math.ceil(rows / wanted);
  return { outer, rows, columns, tile, tiles, lanes, blockRows, blocks: Math.ceil(rows / blockRows) };
}

export const workgroupsOf = ({ outer, blocks, tiles }: ColumnPlan): number => outer * blocks * tiles;

/** As a part of a program's key. */
export const planKey = ({ outer, rows, columns, blocks }: ColumnPlan): string => `${outer}x${rows}x${columns}/${blocks}`;

/**
 * The entry point. `body` knows `outer`, `block`, `lane`, `column`, and whether the column is `inside`; it must reach its barriers with
 * all invocations.
 */
export function columnEntry(plan: ColumnPlan, body: string): string {
  const { tile, tiles, lanes, blocks, columns } = plan;
  const places = `let column = (group % ${tiles}u) * ${tile}u + local % ${tile}u;
  let block = (group / ${tiles}u) % ${blocks}u;
  let outer = group / ${tiles * blocks}u;
  let lane = local / ${tile}u;
  let inside = column < ${columns}u;`;
  return entry(workgroupsOf(plan), tile * lanes, `${places}\n  ${body}`);
}

/** Does `body` for the invocation's rows of its block; `i` is the place of the value. */
export function eachRow({ rows, columns, blocks, blockRows, lanes }: ColumnPlan, body: string): string {
  return `if (inside) {
    let end = select((block + 1u) * ${blockRows}u, ${rows}u, block + 1u == ${blocks}u);
    for (var row = block * ${blockRows}u + lane; row < end; row += ${lanes}u) {
      let i = (outer * ${rows}u + row) * ${columns}u + column;
      ${body}
    }
  }`;
}

/** Variables that the lanes of a column accumulate, with how `name` takes in `other_name`. */
export interface Accumulators {
  readonly names: readonly string[];
  /** WGSL types; default f32. */
  readonly types?: readonly string[];
  readonly combine: string;
}

/** Declares what `overLanes` shares. */
export function sharedMemory({ tile, lanes }: ColumnPlan, { names, types = [] }: Accumulators): string {
  return names.map((name, k) => `var<workgroup> shared_${name}: array<${types[k] ?? 'f32'}, ${tile * lanes}>;\n`).join('');
}

/** Combines the accumulators of a column's lanes: lane 0 has the result, and so has `shared_name[local % tile]` for all. */
export function overLanes({ tile, lanes }: ColumnPlan, { names, combine }: Accumulators): string {
  const write = names.map((name) => `shared_${name}[local] = ${name};`).join(' ');
  const read = names.map((name) => `let other_${name} = shared_${name}[local + step * ${tile}u];`).join(' ');
  return `${write}
  workgroupBarrier();
  for (var step = ${Math.floor(lanes / 2)}u; step > 0u; step >>= 1u) {
    if (lane < step) { ${read} ${combine} ${write} }
    workgroupBarrier();
  }`;
}
