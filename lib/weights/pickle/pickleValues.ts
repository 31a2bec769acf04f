/** What a pickle holds, as data: nothing in it is called. */

/** A value. Bytes, in which no tensor is, are passed over and are null. Numbers beyond 2⁵³ are bigints; lists and dicts may be shared, so that values form a graph. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleList
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleCall
  | PicklePersistent;

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

type Entries = Map<PickleValue, PickleValue>;

/** In Python's order of keys. */
export class PickleDict {
  private made: Entries | undefined;
  /** Made when it is first asked for: a million empty dicts cost nothing. */
  get entries(): Entries {
    this.made ??= new Map();
    return this.made;
  }
}

/** A class or function by its name, `torch.FloatStorage`. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What Python would call: a name and its arguments; the entries are those that a dict's subclass would then be given. */
export class PickleCall extends PickleDict {
  constructor(
    readonly name: string,
    readonly args: readonly PickleValue[],
  ) {
    super();
  }
}

/** Something outside of the pickle, by its description: of PyTorch a storage. */
export class PicklePersistent {
  constructor(readonly id: PickleValue) {}
}

/** A dict, or what is called as one: OrderedDict. Undefined for other values. */
export function dictOf(value: PickleValue | undefined): ReadonlyMap<PickleValue, PickleValue> | undefined {
  return value instanceof PickleDict ? value.entries : undefined;
}
