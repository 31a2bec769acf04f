/**
 * The programs of a convolution and of its input gradient, both as a product of a matrix of windows with the filter: the convolution
 * y[p] = Σ x[window of p] · filter, the gradient dx[p] = Σ dy[positions that p went into] · filterᵀ, phase by phase.
 */
import type { Program } from '../program';
import { bindings, grid } from '../wgsl';
import { channelInputs, type Epilogue, epilogueKey, epilogueText, PLAIN } from './epilogue';
import { type Gather, type PhaseNumbers, phaseNumbers, placeText, positionsOf, windowsOperand } from './gatherPositions';
import { type Axis, type Geometry, geometryKey } from './geometry';
import { gemmText, type Operand } from './implicitGemm';
import { phasesOf } from './phases';
import { BUSY, longTile, type Tile } from './tiles';

export interface ConvolutionOptions {
  /** Of the convolution; default none. */
  readonly epilogue?: Epilogue;
  /** Workgroups that keep the GPU busy: tiles are larger where there are more. */
  readonly busy?: number;
}

/** y of x and filter (and bias). */
export function convolutionProgram(geometry: Geometry, { epilogue = PLAIN, busy = BUSY }: ConvolutionOptions = {}): Program {
  const { batch, rows, columns, from, to } = geometry;
  const gather = { batch, from, to, rows: allTaps(rows), columns: allTaps(columns) };
  const key = `Conv2D ${geometryKey(geometry)} ${epilogueKey(epilogue)}`;
  return program(key, gather, { epilogue, busy }, () => filterOperand(gather));
}

/** dx of dy and filter. */
export function inputGradientProgram(geometry: Geometry, { busy = BUSY }: Pick<ConvolutionOptions, 'busy'> = {}): Program {
  const { batch, rows, columns, from, to } = geometry;
  const gather = { batch, from: to, to: from, rows: phased(rows), columns: phased(columns) };
  const operand = (phase: PhaseNumbers) => turnedFilterOperand(gather, phase, columns.taps);
  return program(`Conv2DBackpropInput ${geometryKey(geometry)}`, gather, { epilogue: PLAIN, busy }, operand);
}

const allTaps = ({ input, output, taps, stride, dilation, before }: Axis): Gather['rows'] => ({
  phases: [{ positions: output, first: 0, taps, base: -before }],
  ...{ tapStep: 1, step: dilation, move: stride, reads: input, writes: output },
});

const phased = (axis: Axis): Gather['rows'] => ({ ...phasesOf(axis), move: 1, reads: axis.output, writes: axis.input });

type MakeOperand = (phase: PhaseNumbers) => Operand;

function program(key: string, gather: Gather, { epilogue, busy }: Required<ConvolutionOptions>, filter: MakeOperand): Program {
  const positions = positionsOf(gather);
  const tile = longTile(Math.max(...positions), gather.to, busy);
  const across = Math.ceil(gather.to / tile.columns);
  const down = Math.ceil(Math.max(...positions) / tile.rows);
  const groups = positions.length * down * across;
  const code = (): string => {
    const phase = phaseNumbers(gather);
    const operand = filter(phase);
    return gemmText({
      ...{ tile, groups, a: windowsOperand(gather, phase), b: operand },
      text: [
        ...[declarations(gather, operand, epilogue), phase.text, placeText(gather, phase), epilogueText(epilogue)],
        ...[startText(gather, phase, tile, [down, across]), storeText(gather, phase, epilogue.residual === true)],
      ].join(''),
    });
  };
  return { key: `${key} in ${tile.rows}`, code, workgroups: grid(groups) };
}

const typeOf = (vector: boolean): string => (vector ? 'vec4<f32>' : 'f32');

/** Inputs: the map, the filter, what the epilogue reads of the channels, and its residual. */
function declarations({ from, to }: Gather, operand: Operand, epilogue: Epilogue): string {
  const result = typeOf(to % 4 === 0);
  const inputs = [`map: ${typeOf(from % 4 === 0)}`, `filter_values: ${typeOf(operand.four)}`, ...channelInputs(epilogue)];
  return `${bindings([`result: ${result}`], [...inputs, ...(epilogue.residual ? [`residual: ${result}`] : [])])}\n`;
}

/** Tiles side by side in one phase share their positions, and are computed at the same time. */
function startText(
  { batch, from }: Gather,
  { rows, columns }: PhaseNumbers,
  tile: Tile,
  [down, across]: [number, number],
): string {
  return `fn start_of(group: i32) -> Start {
  let own = phase_of(group / ${down * across});
  let tile = group % ${down * across};
  let row = tile / ${across} * ${tile.rows};
  let addends = ${own(rows.taps)} * ${own(columns.taps)} * ${from};
  let within = row < ${batch} * ${own(rows.positions)} * ${own(columns.positions)}; // else a phase with fewer positions
  phase = own;
  return Start(row, tile % ${across} * ${tile.columns}, 0, select(0, addends, within));
}
`;
}

/** Of a value that a compiler sees to be one for a workgroup; a private variable is not. */
const own = (number: string): string => number.replace('phase.', 'own.');

function storeText({ batch, to }: Gather, { rows, columns }: PhaseNumbers, residual: boolean): string {
  const scalars = ['x', 'y', 'z', 'w'].map(
    (component, i) => `if (column + ${i} < ${to}) { result[at + ${i}] = v.${component}; }`,
  );
  const added = to % 4 === 0 ? 'residual[at / 4]' : `vec4<f32>(${[0, 1, 2, 3].map((i) => `residual[at + ${i}]`).join(', ')})`;
  return `fn store(row: i32, column: i32, values: vec4<f32>, own: Column) {
  if (row < ${batch} * ${rows.positions} * ${columns.positions} && column < ${to}) {
    let at = place(row) * ${to} + column;
    let v = activated(of_channels(values, own)${residual ? ` + ${added}` : ''});
    ${to % 4 === 0 ? 'result[at / 4] = v;' : scalars.join('\n    ')}
  }
}
`;
}

/** filter [taps · from, to], as it lies in memory. */
function filterOperand({ rows, columns, from, to }: Gather): Operand {
  const four = to % 4 === 0;
  const depth = rowsOfFilter(rows, columns) * from;
  return {
    along: 'side',
    four,
    text: `struct BAt { column: i32 }
fn b_at(i: i32) -> BAt { return BAt(i); }
fn b_load(at: BAt, k: i32) -> ${typeOf(four)} {
  let inside = (k < ${depth}) & (at.column < ${to});
  return select(${typeOf(four)}(0.0), filter_values[select(0, (k * ${to} + at.column)${four ? ' / 4' : ''}, inside)], inside);
}
`,
  };
}

const rowsOfFilter = (rows: Gather['rows'], columns: Gather['columns']): number =>
  (rows.phases[0]?.taps ?? 0) * (columns.phases[0]?.taps ?? 0);

/** filterᵀ [taps of the phase · outputs, inputs]; in memory the outputs of one input lie together. `width`: taps of a row of the filter. */
function turnedFilterOperand({ rows, columns, from, to }: Gather, phase: PhaseNumbers, width: number): Operand {
  const four = from % 4 === 0;
  const { taps } = phase.columns;
  return {
    along: 'depth',
    four,
    text: `struct BAt { column: i32 }
fn b_at(i: i32) -> BAt { return BAt(i); }
fn b_load(at: BAt, k: i32) -> ${typeOf(four)} {
  let tap = k / ${from};
  let y = ${phase.rows.first} + tap / ${taps} * ${rows.tapStep};
  let x = ${phase.columns.first} + tap % ${taps} * ${columns.tapStep};
  let inside = (tap < ${phase.rows.taps} * ${taps}) & (at.column < ${to});
  return select(${typeOf(four)}(0.0), filter_values[select(0, (((y * ${width} + x) * ${to} + at.column) * ${from} + k % ${from})${four ? ' / 4' : ''}, inside)], inside);
}
`,
  };
}
