/**
 * Gradients of a loss, as tfjs's `variableGrads` and with the same bits, in less memory. tfjs keeps what every op has saved and the
 * gradient of every result until the last one is known; here both go as soon as the op that they belong to is through, so that a
 * backward pass takes little more than the forward pass has left it.
 */
import { refuse, refusePhrase, sameShape } from '../util/check';
import { tf } from './tf';

/** A value and its gradients. Variables that the value does not depend on have none. */
export interface Differentiated {
  readonly value: tf.Scalar;
  readonly gradients: ReadonlyMap<tf.Variable, tf.Tensor>;
}

/** An op as tfjs records it. */
type TapeNode = NonNullable<ReturnType<typeof tf.engine>['state']['activeTape']>[number];

/** An op on a way from a variable to the value, and the inputs of it that lie on such a way. */
interface Step {
  readonly node: TapeNode;
  readonly inputs: readonly string[];
}

/** Gradients by the tensor's id, while they wait for the op that made the tensor. */
type Waiting = Map<number, tf.Tensor>;

/**
 * Differentiates a scalar by variables.
 * @param f may use any op that tfjs differentiates; what it leaves behind is disposed of
 * @param variables those without a gradient of their own are not asked for one
 * @throws InputError within another differentiation, which has to keep what this one would let go
 */
export function differentiate(f: () => tf.Scalar, variables: readonly tf.Variable[]): Differentiated {
  const { state } = tf.engine();
  if (state.gradientDepth > 0) throw refusePhrase('differentiate', 'to be called outside a differentiation', 'a call within one');
  const { value, tape } = record(f);
  try {
    if (value.rank !== 0) throw refuse('differentiate', 'a scalar', value.shape);
    return { value, gradients: backward(value, tape, variables) };
  } finally {
    letGo(tape);
  }
}

/** Runs `f` with tfjs's tape on. */
function record(f: () => tf.Scalar): { readonly value: tf.Scalar; readonly tape: readonly TapeNode[] } {
  const { state } = tf.engine();
  const tape: TapeNode[] = [];
  state.activeTape = tape;
  state.gradientDepth++;
  try {
    return { value: tf.tidy(f), tape };
  } catch (error) {
    letGo(tape);
    throw error;
  } finally {
    state.gradientDepth--;
    state.activeTape = null as unknown as TapeNode[]; // as tfjs leaves it
  }
}

/** Disposes of what was saved for these ops; a second time does nothing. */
function letGo(tape: readonly TapeNode[]): void {
  for (const { saved } of tape) tf.dispose(saved ?? []);
}

function backward(value: tf.Scalar, tape: readonly TapeNode[], variables: readonly tf.Variable[]): Differentiated['gradients'] {
  const steps = waysTo(value, tape, variables);
  const passed = new Set(steps.map(({ node }) => node));
  letGo(tape.filter((node) => !passed.has(node)));
  const found = tf.tidy(() => {
    const waiting: Waiting = new Map([[value.id, tf.onesLike(value)]]);
    for (const step of steps.reverse()) back(step, waiting);
    return Object.fromEntries(variables.flatMap(({ id }, i) => (waiting.has(id) ? [[i, waiting.get(id) as tf.Tensor]] : [])));
  });
  return new Map(Object.entries(found).map(([i, gradient]) => [variables[Number(i)] as tf.Variable, gradient]));
}

/** The ops through which the value depends on a variable, in their order. */
function waysTo(value: tf.Tensor, tape: readonly TapeNode[], variables: readonly tf.Variable[]): Step[] {
  const dependent = new Set(variables.map(({ id }) => id));
  const steps = tape.flatMap((node): Step[] => {
    const inputs = Object.keys(node.inputs).filter((name) => dependent.has((node.inputs[name] as tf.Tensor).id));
    if (inputs.length === 0) return [];
    for (const { id } of node.outputs) dependent.add(id);
    return [{ node, inputs }];
  });
  const needed = new Set([value.id]);
  return steps
    .reverse()
    .filter(({ node }) => {
      if (!node.outputs.some(({ id }) => needed.has(id))) return false;
      for (const { id } of Object.values(node.inputs)) needed.add(id);
      return true;
    })
    .reverse();
}

/** Takes the gradient of an op's results on to its inputs, and lets go what nobody needs from then on. */
function back({ node, inputs }: Step, waiting: Waiting): void {
  const given = node.outputs.map(({ id }) => waiting.get(id));
  const shares = tf.tidy(() => sharesOf(node, inputs, given));
  for (const name of inputs) add(waiting, (node.inputs[name] as tf.Tensor).id, shares[name] as tf.Tensor);
  for (const { id } of node.outputs) waiting.delete(id);
  letGo([node]);
  for (const gradient of given) if (gradient) release(waiting, gradient);
}

/** What each input's gradient gets from this op. */
function sharesOf(
  { kernelName, gradient, inputs: all }: TapeNode,
  inputs: readonly string[],
  given: readonly (tf.Tensor | undefined)[],
): Record<string, tf.Tensor> {
  if (!gradient) throw new Error(`differentiate: expected an op with a gradient, received ${kernelName}`);
  const thunks = gradient(given as tf.Tensor[]);
  return Object.fromEntries(
    inputs.map((name) => {
      const thunk = thunks[name];
      if (!thunk) throw new Error(`differentiate: expected a gradient of ${kernelName} by ${name}, received none`);
      const [share, { shape }] = [tf.tidy(thunk), all[name] as tf.Tensor];
      if (share.dtype === 'float32' && sameShape(share.shape, shape)) return [name, share];
      throw refuse(`differentiate: ${kernelName}: gradient by ${name}`, `float32 ${JSON.stringify(shape)}`, [
        share.dtype,
        ...share.shape,
      ]);
    }),
  );
}

function add(waiting: Waiting, id: number, share: tf.Tensor): void {
  const before = waiting.get(id);
  if (!before) return void waiting.set(id, share);
  waiting.set(id, tf.add(before, share));
  for (const part of [before, share]) release(waiting, part);
}

/** Disposes of a gradient, unless it waits for another op as well: a rule may hand on what it was given. */
function release(waiting: Waiting, gradient: tf.Tensor): void {
  if (![...waiting.values()].includes(gradient)) gradient.dispose();
}
