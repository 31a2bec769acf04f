/**
 * Python's pickle, protocols 2 to 5 (https://docs.python.org/3/library/pickle.html, opcodes by Lib/pickletools.py), read as data. Python
 * runs what a pickle names; here names must be on a list (allowedGlobals.ts) and stay names, with their arguments beside them.
 * A pickle is hostile until checked: opcodes and the depth of marks are bounded, lengths come before allocation, nothing recurses.
 */
import { refusePhrase } from '../../util/check';
import { allowedGlobal } from './allowedGlobals';
import { ByteReader } from './byteReader';
import {
  PickleCall,
  PickleDict,
  PickleGlobal,
  PickleList,
  PicklePersistent,
  PickleTuple,
  type PickleValue,
} from './pickleValues';

/** A pickle's value, and where the bytes after it begin. */
export interface Unpickled {
  readonly value: PickleValue;
  readonly end: number;
  /** What it says of things outside of it, each as it was met. */
  readonly persistent: readonly PicklePersistent[];
}

/** A state dict of 40,000 tensors has some 1.2 million. */
const MOST_OPCODES = 1_500_000;
const MOST_NOTED = 500_000;
const MOST_MARKS = 10_000;
const NEWEST = 5;
const LONGEST_NUMBER = 1024;

interface Machine {
  readonly where: string;
  readonly reader: ByteReader;
  stack: PickleValue[];
  /** Stacks below the open marks. */
  readonly below: PickleValue[][];
  readonly memo: Map<number, PickleValue>;
  readonly persistent: PicklePersistent[];
}

/**
 * Reads one pickle. @param from where it begins @param where the file's name, for errors
 * @throws InputError for what is no pickle, asks to run something, or is larger than any network's
 */
export function unpickle(bytes: Uint8Array, where: string, from = 0): Unpickled {
  const reader = new ByteReader(bytes, where, from);
  const machine: Machine = { where, reader, stack: [], below: [], memo: new Map(), persistent: [] };
  for (let done = 0; done < MOST_OPCODES; done++) {
    const code = reader.uint8();
    if (code === STOP) return { value: pop(machine), end: reader.at, persistent: machine.persistent };
    const run = OPCODES[code];
    if (!run) throw refusePhrase(where, 'a pickle of tensors', `the opcode ${named(code)} at byte ${reader.at - 1}`);
    run(machine);
  }
  throw refusePhrase(where, `a pickle of at most ${MOST_OPCODES} opcodes`, 'more');
}

const named = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`;

function pop({ stack, where }: Machine): PickleValue {
  const value = stack.pop();
  if (value === undefined) throw refusePhrase(where, 'a pickle of tensors', 'one that takes from an empty stack');
  return value;
}

function top({ stack, where }: Machine): PickleValue {
  const value = stack.at(-1);
  if (value === undefined) throw refusePhrase(where, 'a pickle of tensors', 'one that takes from an empty stack');
  return value;
}

/** What lies above the last mark, which is then closed. */
function popMark(machine: Machine): PickleValue[] {
  const items = machine.stack;
  const before = machine.below.pop();
  if (!before) throw refusePhrase(machine.where, 'a pickle of tensors', 'one that closes a mark that is not open');
  machine.stack = before;
  return items;
}

const push =
  (make: (machine: Machine) => PickleValue) =>
  (machine: Machine): void => {
    const value = make(machine); // which may close a mark: another stack is then on top
    machine.stack.push(value);
  };

function mark(machine: Machine): void {
  if (machine.below.length >= MOST_MARKS) throw refusePhrase(machine.where, `at most ${MOST_MARKS} open marks`, 'more');
  machine.below.push(machine.stack);
  machine.stack = [];
}

function tuple(machine: Machine, size: number): PickleValue {
  const { stack, where } = machine;
  if (stack.length < size) throw refusePhrase(where, 'a pickle of tensors', 'one that takes from an empty stack');
  return new PickleTuple(stack.splice(stack.length - size));
}

function addItems(machine: Machine, items: readonly PickleValue[]): void {
  const target = top(machine);
  const list = target instanceof PickleList ? target.items : undefined;
  if (!list && !(target instanceof PickleCall))
    throw refusePhrase(machine.where, 'items added to a list', 'items of something else');
  for (const item of items) list?.push(item);
}

function setItems(machine: Machine, items: readonly PickleValue[]): void {
  const dict = top(machine);
  if (!(dict instanceof PickleDict) || items.length % 2 !== 0) {
    throw refusePhrase(machine.where, 'keys and values of a dict', 'others');
  }
  for (let i = 0; i < items.length; i += 2) dict.entries.set(items[i] as PickleValue, items[i + 1] as PickleValue);
}

/** Python's call, as data. */
function call(machine: Machine): PickleValue {
  const args = pop(machine);
  const callable = pop(machine);
  if (!(callable instanceof PickleGlobal) || !(args instanceof PickleTuple)) {
    throw refusePhrase(machine.where, 'tensors and plain values', 'a pickle that asks to run something without a name');
  }
  return new PickleCall(callable.name, args.items);
}

/** The state that an object would be given is not looked at: no tensor's value is in it. */
function build(machine: Machine): void {
  pop(machine);
  if (!(top(machine) instanceof PickleCall))
    throw refusePhrase(machine.where, 'the state of an object', 'that of something else');
}

function note(machine: Machine, index: number): void {
  const { memo, where } = machine;
  if (memo.size >= MOST_NOTED) throw refusePhrase(where, `at most ${MOST_NOTED} noted values`, 'more');
  memo.set(index, top(machine));
}

function memoised(machine: Machine, index: number): PickleValue {
  const value = machine.memo.get(index);
  if (value === undefined) throw refusePhrase(machine.where, 'a value noted before', `number ${index}`);
  return value;
}

function stackGlobal(machine: Machine): PickleValue {
  const [name, module] = [pop(machine), pop(machine)];
  if (typeof name !== 'string' || typeof module !== 'string')
    throw refusePhrase(machine.where, 'a name in text', 'something else');
  return new PickleGlobal(allowedGlobal(machine.where, module, name));
}

function persistent(machine: Machine): PickleValue {
  const value = new PicklePersistent(pop(machine));
  machine.persistent.push(value);
  return value;
}

/** A whole number in two's complement, little-endian. */
function long(machine: Machine, length: number): PickleValue {
  if (length > LONGEST_NUMBER) throw refusePhrase(machine.where, `numbers of at most ${LONGEST_NUMBER} bytes`, String(length));
  const bytes = machine.reader.bytes(length);
  let value = 0n;
  for (const byte of [...bytes].reverse()) value = (value << 8n) | BigInt(byte);
  const whole = BigInt.asIntN(8 * length, value);
  return whole >= Number.MIN_SAFE_INTEGER && whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
}

const STOP = 0x2e;

/** By their bytes; pickletools has the names that stand beside them. Those of protocols 0 and 1 that no writer of today uses are refused. */
const OPCODES: Readonly<Record<number, (machine: Machine) => void>> = {
  128: ({ reader, where }) => {
    const protocol = reader.uint8(); // PROTO
    if (protocol > NEWEST) throw refusePhrase(where, `a pickle of protocol ${NEWEST} at most`, String(protocol));
  },
  149: ({ reader }) => void reader.length64(), // FRAME
  40: mark, // MARK
  48: (machine) => void pop(machine), // POP
  49: (machine) => void popMark(machine), // POP_MARK
  50: push(top), // DUP
  78: push(() => null), // NONE
  136: push(() => true), // NEWTRUE
  137: push(() => false), // NEWFALSE
  74: push(({ reader }) => reader.int32()), // BININT
  75: push(({ reader }) => reader.uint8()), // BININT1
  77: push(({ reader }) => reader.uint16()), // BININT2
  138: push((machine) => long(machine, machine.reader.uint8())), // LONG1
  139: push((machine) => long(machine, machine.reader.uint32())), // LONG4
  71: push(({ reader }) => reader.bigEndianDouble()), // BINFLOAT
  84: push(({ reader }) => reader.latin1(reader.uint32())), // BINSTRING
  85: push(({ reader }) => reader.latin1(reader.uint8())), // SHORT_BINSTRING
  88: push(({ reader }) => reader.text(reader.uint32())), // BINUNICODE
  140: push(({ reader }) => reader.text(reader.uint8())), // SHORT_BINUNICODE
  141: push(({ reader }) => reader.text(reader.length64())), // BINUNICODE8
  66: push(({ reader }) => reader.pass(reader.uint32())), // BINBYTES
  67: push(({ reader }) => reader.pass(reader.uint8())), // SHORT_BINBYTES
  142: push(({ reader }) => reader.pass(reader.length64())), // BINBYTES8
  150: push(({ reader }) => reader.pass(reader.length64())), // BYTEARRAY8
  93: push(() => new PickleList()), // EMPTY_LIST
  97: (machine) => addItems(machine, [pop(machine)]), // APPEND
  101: (machine) => addItems(machine, popMark(machine)), // APPENDS
  41: push(() => new PickleTuple([])), // EMPTY_TUPLE
  116: push((machine) => new PickleTuple(popMark(machine))), // TUPLE
  133: push((machine) => tuple(machine, 1)), // TUPLE1
  134: push((machine) => tuple(machine, 2)), // TUPLE2
  135: push((machine) => tuple(machine, 3)), // TUPLE3
  125: push(() => new PickleDict()), // EMPTY_DICT
  115: (machine) => {
    const value = pop(machine); // SETITEM
    setItems(machine, [pop(machine), value]);
  },
  117: (machine) => setItems(machine, popMark(machine)), // SETITEMS
  143: push(() => new PickleList()), // EMPTY_SET
  144: (machine) => addItems(machine, popMark(machine)), // ADDITEMS
  145: push((machine) => new PickleTuple(popMark(machine))), // FROZENSET
  113: (machine) => note(machine, machine.reader.uint8()), // BINPUT
  114: (machine) => note(machine, machine.reader.uint32()), // LONG_BINPUT
  148: (machine) => note(machine, machine.memo.size), // MEMOIZE
  104: push((machine) => memoised(machine, machine.reader.uint8())), // BINGET
  106: push((machine) => memoised(machine, machine.reader.uint32())), // LONG_BINGET
  99: push(({ reader, where }) => new PickleGlobal(allowedGlobal(where, reader.line(), reader.line()))), // GLOBAL
  147: push(stackGlobal), // STACK_GLOBAL
  82: push(call), // REDUCE
  129: push(call), // NEWOBJ
  98: build, // BUILD
  81: push(persistent), // BINPERSID
};
