/**
 * The filter's gradient of a depthwise convolution, df[tap, c, j] = Σ x[position's window at tap, c] · dy[position, c · each + j] over
 * batch and positions, as partial sums: a workgroup has one tap, 32 (fours of) channels and a share of the positions, every eighth of
 * which one thread adds up, and then those eight as a tree.
 */
import { grid } from '../wgsl';
import { depthwiseTaps, isFour } from './depthwisePrograms';
import type { FilterGradient } from './filterGradient';
import { type Geometry, geometryKey } from './geometry';
import { BUSY } from './tiles';

const CHANNELS = 32;
const LANES = 8;

/** Fewest positions of a part. */
const FEWEST = 128;

/** Partial sums [parts, taps, outputs] of x and dy. */
export function depthwiseFilterGradientProgram(geometry: Geometry): FilterGradient {
  const { batch, rows, columns, to } = geometry;
  const channels = to / (isFour(geometry) ? 4 : 1);
  const taps = depthwiseTaps(geometry);
  const across = Math.ceil(channels / CHANNELS);
  const positions = batch * rows.output * columns.output;
  const wanted = Math.max(1, Math.min(Math.ceil(BUSY / (across * taps)), Math.ceil(positions / FEWEST)));
  const share = Math.ceil(positions / wanted);
  const parts = Math.ceil(positions / share);
  const groups = parts * taps * across;
  const code = (): string => text(geometry, { groups, across, taps, channels, share, positions });
  const program = { key: `DepthwiseConv2dNativeBackpropFilter ${geometryKey(geometry)}`, code, workgroups: grid(groups) };
  return { program, parts };
}

type Numbers = Readonly<Record<'groups' | 'across' | 'taps' | 'channels' | 'share' | 'positions', number>>;

function text(geometry: Geometry, { groups, across, taps, channels, share, positions }: Numbers): string {
  const { rows, columns, from, to } = geometry;
  const type = isFour(geometry) ? 'vec4<f32>' : 'f32';
  return `@group(0) @binding(0) var<storage, read_write> result: array<${type}>;
@group(0) @binding(1) var<storage, read> map: array<${type}>;
@group(0) @binding(2) var<storage, read> dy: array<${type}>;
const zero = ${type}(0.0);
var<workgroup> sums: array<${type}, ${CHANNELS * LANES}>;

@compute @workgroup_size(${CHANNELS}, ${LANES})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let group = i32(workgroup.x + workgroup.y * ${grid(groups)[0]}u);
  if (group >= ${groups}) { return; }
  let channel = group % ${across} * ${CHANNELS} + i32(local.x);
  let tap = group / ${across} % ${taps};
  let part = group / ${across * taps};
  let lane = i32(local.y);
  let cell = lane * ${CHANNELS} + i32(local.x);
  let tap_y = tap / ${columns.taps} * ${rows.dilation} - ${rows.before};
  let tap_x = tap % ${columns.taps} * ${columns.dilation} - ${columns.before};
  var sum = zero;
  for (var i = lane; i < ${share}; i += ${LANES}) {
    let position = part * ${share} + i;
    let y = position / ${columns.output} % ${rows.output} * ${rows.stride} + tap_y;
    let x = position % ${columns.output} * ${columns.stride} + tap_x;
    let image = position / ${columns.output * rows.output};
    let inside = (channel < ${channels}) & (position < ${positions}) & (u32(y) < ${rows.input}u) & (u32(x) < ${columns.input}u);
    let source = ((image * ${rows.input} + y) * ${columns.input} + x) * ${(channels * from) / to} + channel / ${to / from};
    let product = map[select(0, source, inside)] * dy[select(0, position * ${channels} + channel, inside)];
    sum += select(zero, product, inside);
  }
  sums[cell] = sum;
  for (var half = ${LANES / 2}; half > 0; half /= 2) {
    workgroupBarrier();
    if (lane < half) { sums[cell] += sums[cell + half * ${CHANNELS}]; }
  }
  if (lane == 0 && channel < ${channels}) { result[(part * ${taps} + tap) * ${channels} + channel] = sums[cell]; }
}
`;
}
