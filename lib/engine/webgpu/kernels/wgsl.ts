/** Pieces of WGSL that most programs have. */
import type { Workgroups } from './program';

/** Invocations of a workgroup of programs that go over values one by one. */
export const GROUP = 256;

/** The most workgroups in a direction that every device takes. */
const MOST = 65_535;

/** Declares the storage buffers of a program, in the order of `runProgram`. A name may bring its type: `labels: i32`; else f32. */
export function bindings(outputs: readonly string[], inputs: readonly string[]): string {
  const declare = (access: string, from: number) => (given: string, i: number) => {
    const [name, type = 'f32'] = given.split(': ');
    return `@group(0) @binding(${from + i}) var<storage, ${access}> ${name}: array<${type}>;`;
  };
  return [...outputs.map(declare('read_write', 0)), ...inputs.map(declare('read', outputs.length))].join('\n');
}

/** Declares the uniforms, which come last. @param vectors of four numbers */
export const uniforms = (binding: number, vectors: number): string =>
  `@group(0) @binding(${binding}) var<uniform> given: array<vec4<f32>, ${vectors}>;`;

/** As many workgroups, in rows where there are too many for one direction. */
export function grid(groups: number): Workgroups {
  const rows = Math.ceil(groups / MOST);
  return [Math.ceil(groups / rows), rows, 1];
}

/** The entry point over a grid: `group` counts the workgroups, `local` the invocations of one. */
export function entry(groups: number, invocations: number, body: string): string {
  const [width] = grid(groups);
  return `@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) place: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let group = place.y * ${width}u + place.x;
  if (group >= ${groups}u) { return; }
  ${body}
}
`;
}

/** The entry point of a program that does `body` for each `i` below `size`. */
export function forEach(size: number, body: string): string {
  return entry(groupsFor(size), GROUP, `let i = group * ${GROUP}u + local;\n  if (i >= ${size}u) { return; }\n  ${body}`);
}

/** The workgroups of `forEach`. */
export const groupsFor = (size: number): number => Math.ceil(size / GROUP);

/** A number as WGSL reads it, to the bit of float32; infinities and NaN have no text. */
export function literal(value: number): string {
  if (!Number.isFinite(Math.fround(value))) throw new Error(`WGSL: expected a finite number, received ${value}`);
  const text = String(value);
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}
