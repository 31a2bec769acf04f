/**
 * Named variables: what a network or an encoder learns (parameters) and what it only tracks (statistics, as the moving mean of
 * a batch norm). Names are those of a PyTorch state dict (`blocks.1_0.conv1.weight`, `bn.running_mean`); layouts are tfjs's
 * (convolutions [height, width, in, out], linear [in, out]).
 */
import { refuse, refusePhrase, sameShape, unknownName } from '../util/check';
import { listed } from '../util/names';
import { stopGradient } from './detached';
import { holdStatistics } from './fused/movingStatistics';
import { tf } from './tf';

/** A tensor's values outside the engine: an array of as many float32 values as the shape has, the last axis fastest. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A variable and what it is for. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: tf.Variable;
  /** Parameters are trained; statistics (false) are moved by forward passes in training mode. */
  readonly trainable: boolean;
}

/**
 * An ordered set of named variables, which owns them: `dispose` frees all.
 * @example
 * ```ts
 * import { buildNetwork, random, start } from 'iekd';
 *
 * await start();
 * const { variables } = buildNetwork({ name: 'resnet20' }, random(0));
 * console.log(variables.parameterCount()); // trained values
 * const before = variables.snapshot(); // copies: { 'conv.weight': { shape, data }, … }
 * variables.load(before); // the same names and shapes, or an error
 * ```
 */
export class Variables {
  private readonly table = new Map<string, NamedVariable>();
  private freed = false;
  /** How many calls of `asConstants` are running. */
  private constant = 0;

  /** Whether the values are gone, by `dispose` or by a call of tfjs: what is read then would be nothing. */
  get disposed(): boolean {
    return this.freed || this.entries().some(({ variable }) => variable.isDisposed);
  }

  /** Adds a variable holding a copy of `data`: engines update variables in place, the caller's array stays as it is. */
  add(name: string, { shape, data }: TensorData, trainable = true): tf.Variable {
    if (this.table.has(name)) throw refuse('Variables.add', 'a new name', name);
    const variable = tf.tidy(() => tf.variable(tf.tensor(data.slice(), [...shape], 'float32'), trainable));
    this.table.set(name, { name, variable, trainable });
    return variable;
  }

  /** The variable itself, not a copy. @throws InputError listing the known names */
  get(name: string): tf.Variable {
    const found = this.table.get(name);
    if (!found && this.freed) throw refusePhrase('Variables.get', 'variables in use', `${name} of some that were disposed of`);
    if (!found) throw unknownName('Variables.get', [...this.table.keys()], name);
    return this.constant > 0 && found.trainable ? (stopGradient(found.variable) as tf.Variable) : found.variable;
  }

  /**
   * Runs `f` while what `get` returns of the parameters are constants: what is computed from them is differentiated by its other
   * inputs alone. Moving statistics stand still.
   */
  asConstants<T>(f: () => T): T {
    this.constant++;
    try {
      return holdStatistics(f);
    } finally {
      this.constant--;
    }
  }

  /** All variables, in the order in which they were added. */
  entries(): NamedVariable[] {
    return [...this.table.values()];
  }

  /** Those that are trained. */
  parameters(): NamedVariable[] {
    return this.entries().filter((v) => v.trainable);
  }

  /** Number of trained values. */
  parameterCount(): number {
    return this.parameters().reduce((n, v) => n + v.variable.size, 0);
  }

  /** Includes another set's variables (not copies) under `prefix`. */
  include(prefix: string, other: Variables): this {
    for (const { name, variable, trainable } of other.entries()) {
      const full = prefix + name;
      if (this.table.has(full)) throw refuse('Variables.include', 'a new name', full);
      this.table.set(full, { name: full, variable, trainable });
    }
    return this;
  }

  /** Copies of all values, safe to keep while training goes on. */
  snapshot(): Record<string, TensorData> {
    if (this.disposed) throw refusePhrase('Variables.snapshot', 'variables in use', 'some that were disposed of');
    const values: Record<string, TensorData> = {};
    for (const { name, variable } of this.entries()) {
      values[name] = { shape: [...variable.shape], data: Float32Array.from(variable.dataSync()) };
    }
    return values;
  }

  /** Writes values by name; every variable must be there with its shape, and nothing else. */
  load(values: Readonly<Record<string, TensorData>>, where = 'Variables.load'): void {
    if (this.disposed) throw refusePhrase(where, 'variables in use', 'some that were disposed of');
    const unknown = Object.keys(values).find((name) => !this.table.has(name));
    if (unknown) throw refuse(where, `only the names ${listed([...this.table.keys()])}`, unknown);
    for (const { name, variable } of this.entries()) {
      const value = values[name];
      if (!value) throw refusePhrase(where, `a tensor "${name}"`, 'none of that name');
      if (!sameShape(value.shape, variable.shape)) {
        throw refuse(`${where}: ${name}`, `shape ${JSON.stringify(variable.shape)}`, value.shape);
      }
      tf.tidy(() => variable.assign(tf.tensor(value.data.slice(), [...value.shape], 'float32')));
    }
  }

  /** Frees all variables, those of included sets too. */
  dispose(): void {
    for (const { variable } of this.entries()) variable.dispose();
    this.table.clear();
    this.freed = true;
  }
}
