/**
 * Rows of a product that are positions of a map, each of which gathers the values of a window of another map: the convolution itself,
 * whose windows have all taps, and its input gradient, one phase of positions after the other.
 */
import type { Operand } from './implicitGemm';
import type { Phase, Phases } from './phases';

/** One axis of the windows: of the nth position of a phase the kth tap is at n · `move` + base + k · `step` of the map that is read. */
export interface Windows extends Phases {
  readonly move: number;
  /** Length of the map that is read, and of the one that is written. */
  readonly reads: number;
  readonly writes: number;
}

export interface Gather {
  readonly batch: number;
  readonly rows: Windows;
  readonly columns: Windows;
  /** Channels of the map that is read, and of the result. */
  readonly from: number;
  readonly to: number;
}

/** Positions of a phase of both axes, over the batch. */
export function positionsOf({ batch, rows, columns }: Gather): number[] {
  return rows.phases.flatMap((row) => columns.phases.map((column) => batch * row.positions * column.positions));
}

/** The numbers of the phase that a workgroup computes, as WGSL: constants where all phases have the same, else of `phase`. */
export interface PhaseNumbers {
  /** Declares `phase` and `phase_of(index: i32) -> Phase`, which a workgroup calls before it reads a tile. */
  readonly text: string;
  readonly rows: Readonly<Record<keyof Phase | 'offset', string>>;
  readonly columns: Readonly<Record<keyof Phase | 'offset', string>>;
}

const FIELDS = ['positions', 'first', 'taps', 'base'] as const;

export function phaseNumbers({ rows, columns }: Gather): PhaseNumbers {
  const fields: string[] = [];
  const values: string[] = [];
  const number = (name: string, index: string, numbers: readonly number[]): string => {
    if (new Set(numbers).size === 1) return `${numbers[0]}`;
    fields.push(`${name}: i32`);
    values.push(`array<i32, ${numbers.length}>(${numbers.join(', ')})[${index}]`);
    return `phase.${name}`;
  };
  const axis = (name: string, index: string, { phases }: Windows): PhaseNumbers['rows'] => {
    const entries = FIELDS.map((field) => [
      field,
      number(
        `${field}_${name}`,
        index,
        phases.map((phase) => phase[field]),
      ),
    ]);
    const offset = number(
      `offset_${name}`,
      index,
      phases.map((_, i) => i),
    );
    return { ...(Object.fromEntries(entries) as Record<keyof Phase, string>), offset };
  };
  const numbers = {
    rows: axis('y', `index / ${columns.phases.length}`, rows),
    columns: axis('x', `index % ${columns.phases.length}`, columns),
  };
  const constant = fields.length === 0;
  const text = `struct Phase { ${(constant ? ['same: i32'] : fields).join(', ')} }
var<private> phase: Phase;
fn phase_of(index: i32) -> Phase { return Phase(${(constant ? ['0'] : values).join(', ')}); }
`;
  return { ...numbers, text };
}

/** Index of a position of the phase in the map that is written. */
export function placeText(gather: Gather, { rows, columns }: PhaseNumbers): string {
  const [down, across] = [gather.rows, gather.columns].map(({ phases }) => phases.length);
  return `fn place(i: i32) -> i32 {
  let x = i % ${columns.positions};
  let t = i / ${columns.positions};
  let y = t / ${rows.positions} * ${gather.rows.writes} + t % ${rows.positions} * ${down} + ${rows.offset};
  return y * ${gather.columns.writes} + x * ${across} + ${columns.offset};
}
`;
}

/** The matrix of windows [positions, taps · channels] of the map `map`. */
export function windowsOperand({ batch, rows, columns, from }: Gather, phase: PhaseNumbers): Operand {
  const four = from % 4 === 0;
  const type = four ? 'vec4<f32>' : 'f32';
  const { positions, taps } = phase.columns;
  return {
    along: 'depth',
    four,
    text: `struct AAt { y: i32, x: i32, image: i32 }
fn a_at(i: i32) -> AAt {
  let t = i / ${positions};
  let b = t / ${phase.rows.positions};
  let y = t % ${phase.rows.positions} * ${rows.move} + ${phase.rows.base};
  let x = i % ${positions} * ${columns.move} + ${phase.columns.base};
  return AAt(y, x, select(-1, b * ${rows.reads}, b < ${batch}));
}
fn a_load(at: AAt, k: i32) -> ${type} {
  let tap = k / ${from};
  let y = at.y + tap / ${taps} * ${rows.step};
  let x = at.x + tap % ${taps} * ${columns.step};
  let inside = (at.image >= 0) & (tap < ${phase.rows.taps} * ${taps}) & (u32(y) < ${rows.reads}u) & (u32(x) < ${columns.reads}u);
  return select(${type}(0.0), map[select(0, (((at.image + y) * ${columns.reads} + x) * ${from} + k % ${from})${four ? ' / 4' : ''}, inside)], inside);
}
`,
  };
}
