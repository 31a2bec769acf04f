/** A graph of ONNX while it grows: nodes, and the constants that they read. */
import { asBytes } from '../../util/hash';

/** What an attribute holds: a whole number, a list of them, a number (`{ float }`), or a text. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** Of elements. */
export const FLOAT = 1;
const INT64 = 7;

/** Kinds of attributes (AttributeProto.AttributeType). */
const KINDS = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** Messages as plain objects, with the names of onnxMessages.ts. */
export interface OnnxGraph {
  readonly node: object[];
  readonly initializer: object[];
}

/** Adds nodes and constants to a graph, and names what they make. */
export interface GraphBuilder {
  readonly graph: OnnxGraph;
  /** @param label of the node, for readers @returns the name of its one result */
  node(type: string, inputs: readonly string[], label: string, attributes?: Readonly<Record<string, Attribute>>): string;
  /** A constant of float32. @returns its name */
  floats(name: string, shape: readonly number[], data: Float32Array): string;
  /** A constant of int64, as shapes, axes and numbers of channels are. @returns its name */
  integers(name: string, data: readonly number[]): string;
}

export function graphBuilder(): GraphBuilder {
  const graph: OnnxGraph = { node: [], initializer: [] };
  const taken = new Set<string>();
  /** The name itself, or with a number where it is taken. */
  function unused(name: string): string {
    let free = name;
    for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return free;
  }
  function constant(name: string, dims: readonly number[], dataType: number, rawData: Uint8Array): string {
    const free = unused(name);
    graph.initializer.push({ name: free, dims, dataType, rawData });
    return free;
  }
  return {
    graph,
    node(type, inputs, label, attributes = {}) {
      const name = unused(`/${label}/${type}`);
      const attribute = Object.entries(attributes).map(([key, value]) => ({ name: key, ...attributeValue(value) }));
      graph.node.push({ opType: type, name, input: inputs, output: [name], attribute });
      return name;
    },
    floats: (name, shape, data) => constant(name, shape, FLOAT, asBytes(data)),
    integers: (name, data) => constant(name, [data.length], INT64, asBytes(BigInt64Array.from(data, BigInt))),
  };
}

function attributeValue(value: Attribute): object {
  if (typeof value === 'number') return { type: KINDS.int, i: value };
  if (typeof value === 'string') return { type: KINDS.string, s: new TextEncoder().encode(value) };
  if ('float' in value) return { type: KINDS.float, f: value.float };
  return { type: KINDS.ints, ints: value };
}
