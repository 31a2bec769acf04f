/**
 * The programs of a depthwise convolution, y[p, c · each + j] = Σ x[window of p, c] · filter[tap, c, j], and of its input gradient. A
 * thread computes one value, or those of four channels where each has one filter.
 */
import type { Program } from '../program';
import { grid } from '../wgsl';
import { type Geometry, geometryKey } from './geometry';
import { type Phase, phasesOf } from './phases';

const THREADS = 128;

/** Channels that lie together and share no filter: four at a time. */
export const isFour = ({ from, to }: Geometry): boolean => from === to && from % 4 === 0;

/** y of x and filter. */
export function depthwiseProgram(geometry: Geometry): Program {
  const { rows, columns, from, to } = geometry;
  const own = `own / ${to / from}`; // the channel of x
  const body = `      let y = at_y * ${rows.stride} + ty * ${rows.dilation} - ${rows.before};
      let x = at_x * ${columns.stride} + tx * ${columns.dilation} - ${columns.before};
      let inside = (u32(y) < ${rows.input}u) & (u32(x) < ${columns.input}u);
      let source = select(0, ((image * ${rows.input} + y) * ${columns.input} + x) * channels_in + ${own}, inside);
      let product = map[source] * filter_values[(ty * ${columns.taps} + tx) * channels_out + own];
      sum += select(zero, product, inside);`;
  const loops = { down: `0; ty < ${rows.taps}; ty++`, across: `0; tx < ${columns.taps}; tx++`, before: '', body };
  return program(`DepthwiseConv2dNative ${geometryKey(geometry)}`, geometry, loops, [rows.output, columns.output, to]);
}

/** dx of dy and filter: a position meets only the taps that it has gone through. */
export function depthwiseInputGradientProgram(geometry: Geometry): Program {
  const { rows, columns, from, to } = geometry;
  const [down, across] = [phasesOf(rows), phasesOf(columns)];
  const before = `  let first_y = ${table(down.phases, 'first', 'at_y')};
  let first_x = ${table(across.phases, 'first', 'at_x')};
  let base_y = at_y / ${rows.stride} + ${table(down.phases, 'base', 'at_y')};
  let base_x = at_x / ${columns.stride} + ${table(across.phases, 'base', 'at_x')};
`;
  const body = `      let y = base_y + ty * ${down.step};
      let x = base_x + tx * ${across.step};
      let inside = (u32(y) < ${rows.output}u) & (u32(x) < ${columns.output}u);
      let tap = (first_y + ty * ${down.tapStep}) * ${columns.taps} + first_x + tx * ${across.tapStep};
      for (var j = 0; j < ${to / from}; j++) {
        let channel = own * ${to / from} + j;
        let source = select(0, ((image * ${rows.output} + y) * ${columns.output} + x) * channels_out + channel, inside);
        sum += select(zero, map[source] * filter_values[tap * channels_out + channel], inside);
      }`;
  const loop = (name: string, { phases }: { readonly phases: readonly Phase[] }): string =>
    `0; t${name} < ${table(phases, 'taps', `at_${name}`)}; t${name}++`;
  const loops = { down: loop('y', down), across: loop('x', across), before, body };
  return program(`DepthwiseConv2dNativeBackpropInput ${geometryKey(geometry)}`, geometry, loops, [
    rows.input,
    columns.input,
    from,
  ]);
}

/** A number of the phase that a position is in. */
function table(phases: readonly Phase[], field: keyof Phase, position: string): string {
  const values = phases.map((phase) => phase[field]);
  return `array<i32, ${values.length}>(${values.join(', ')})[${position} % ${values.length}]`;
}

interface Loops {
  readonly down: string;
  readonly across: string;
  readonly before: string;
  readonly body: string;
}

/** One thread for each of batch · height · width · channels of the result. */
function program(
  key: string,
  geometry: Geometry,
  loops: Loops,
  [height, width, channels]: readonly [number, number, number],
): Program {
  const { batch, from, to } = geometry;
  const lanes = isFour(geometry) ? 4 : 1;
  const type = isFour(geometry) ? 'vec4<f32>' : 'f32';
  const values = (batch * height * width * channels) / lanes;
  const workgroups = grid(Math.ceil(values / THREADS));
  const code = (): string => `@group(0) @binding(0) var<storage, read_write> result: array<${type}>;
@group(0) @binding(1) var<storage, read> map: array<${type}>;
@group(0) @binding(2) var<storage, read> filter_values: array<${type}>;
const channels_in = ${from / lanes};
const channels_out = ${to / lanes};
const zero = ${type}(0.0);

@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let index = i32((workgroup.x + workgroup.y * ${workgroups[0]}u) * ${THREADS}u + local);
  if (index >= ${values}) { return; }
  let own = index % ${channels / lanes};
  let position = index / ${channels / lanes};
  let at_x = position % ${width};
  let at_y = position / ${width} % ${height};
  let image = position / ${width * height};
  var sum = zero;
${loops.before}  for (var ty = ${loops.down}) {
    for (var tx = ${loops.across}) {
${loops.body}
    }
  }
  result[index] = sum;
}
`;
  return { key, code, workgroups };
}

/** Taps of the filter. */
export const depthwiseTaps = ({ rows, columns }: Geometry): number => rows.taps * columns.taps;
