/**
 * The messages of ONNX that a network needs (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, IR version 8), by the numbers of
 * their fields. protobufjs writes them.
 */
import type { Root, Type } from 'protobufjs';

const field = (type: string, id: number) => ({ type, id }) as const;
const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id }) as const;
const packed = (type: string, id: number) => ({ ...repeated(type, id), options: { packed: false } }) as const;

const MESSAGES = {
  AttributeProto: {
    ...{ name: field('string', 1), type: field('int32', 20), f: field('float', 2), i: field('int64', 3), s: field('bytes', 4) },
    ...{ floats: packed('float', 7), ints: packed('int64', 8) },
  },
  NodeProto: {
    ...{ input: repeated('string', 1), output: repeated('string', 2), name: field('string', 3), opType: field('string', 4) },
    attribute: repeated('AttributeProto', 5),
  },
  TensorProto: {
    ...{ dims: packed('int64', 1), dataType: field('int32', 2), name: field('string', 8), rawData: field('bytes', 9) },
  },
  Dimension: { dimValue: field('int64', 1), dimParam: field('string', 2) },
  TensorShapeProto: { dim: repeated('Dimension', 1) },
  TensorTypeProto: { elemType: field('int32', 1), shape: field('TensorShapeProto', 2) },
  TypeProto: { tensorType: field('TensorTypeProto', 1) },
  ValueInfoProto: { name: field('string', 1), type: field('TypeProto', 2), docString: field('string', 3) },
  GraphProto: {
    ...{ node: repeated('NodeProto', 1), name: field('string', 2), initializer: repeated('TensorProto', 5) },
    ...{ input: repeated('ValueInfoProto', 11), output: repeated('ValueInfoProto', 12) },
  },
  OperatorSetIdProto: { domain: field('string', 1), version: field('int64', 2) },
  StringStringEntryProto: { key: field('string', 1), value: field('string', 2) },
  ModelProto: {
    ...{ irVersion: field('int64', 1), producerName: field('string', 2), producerVersion: field('string', 3) },
    ...{ graph: field('GraphProto', 7), opsetImport: repeated('OperatorSetIdProto', 8) },
    metadataProps: repeated('StringStringEntryProto', 14),
  },
} as const;

let root: Root | undefined;

/** The type `ModelProto`, which encodes and decodes whole files. */
export function modelType(): Type {
  if (!root) {
    const protobuf = require('protobufjs/light') as typeof import('protobufjs'); // loaded when a network is first exported
    const nested = Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, { fields }]));
    root = protobuf.Root.fromJSON({ nested: { onnx: { nested } } });
  }
  return root.lookupType('onnx.ModelProto');
}
