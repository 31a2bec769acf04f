/**
 * What a layer is, and how layers are put together. A layer that is placed on maps of one size knows its variables, its cost and its
 * operations; layers in a chain, and a chain beside a shortcut, are layers again. Stages, networks, listings and checks come from this.
 * The layers themselves: convolutionLayers.ts, poolingLayers.ts, linearLayers.ts.
 */
import { addMaps } from '../../engine/fused/addMaps';
import { tf } from '../../engine/tf';
import { type Activation, activate, activates, NONE } from './activation';
import type { ForwardContext } from './functional';
import type { FixedOperation, LayerOperation } from './operations';
import type { VariablePlan } from './variablePlan';

/** Of one image's map. */
export type MapSize = readonly [height: number, width: number, channels: number];

/** What can be fused to the end of a layer, in this order: addition of a residual, then the activation. */
export interface Epilogue {
  /** Added before the activation; of its result's shape. */
  readonly residual?: tf.Tensor4D;
  /** In place of the layer's own: `NONE` gives the map before it. */
  readonly activation?: Activation;
}

/** A layer at its place in a network. */
export interface PlacedLayer {
  /** Of its result. */
  readonly output: MapSize;
  readonly variables: readonly VariablePlan[];
  /** Multiplications of one image, each with its addition. */
  readonly multiplyAdds: number;
  /** Values of one image's maps that training keeps for the backward pass: at least these. */
  readonly kept: number;
  /** How its result ends. */
  readonly activation: Activation;
  /** The batch norm that made its result, before residual and activation; undefined where no one norm did. */
  readonly batchNorm: string | undefined;
  /** What it does in evaluation mode, its activation last. */
  readonly operations: readonly LayerOperation[];
  /** @param x [batch, height, width, channels] of the size that it was placed on */
  run(x: tf.Tensor4D, context: ForwardContext, epilogue?: Epilogue): tf.Tensor4D;
}

/** A layer before it is known how large its input is. */
export type Layer = (input: MapSize) => PlacedLayer;

/** The epilogue of a layer to which nothing is fused: residual, then the activation given or the layer's own. */
export function finish(y: tf.Tensor4D, own: Activation, { residual, activation = own }: Epilogue = {}): tf.Tensor4D {
  return activate(residual ? addMaps(y, residual) : y, activation);
}

/** The operation of an activation; none where it changes nothing. */
export const activationOperations = (activation: Activation): LayerOperation[] =>
  activates(activation) ? [{ kind: 'activation', activation }] : [];

/** A layer without variables. @param output size of its result; default that of its input @param operations what it does; default: it does not say */
export const plainLayer =
  (
    run: (x: tf.Tensor4D, context: ForwardContext) => tf.Tensor4D,
    output: (input: MapSize) => MapSize = (input) => input,
    operations: readonly LayerOperation[] = [{ kind: 'opaque' }],
  ): Layer =>
  (input) => ({
    ...{ output: output(input), variables: [], multiplyAdds: 0, kept: 0, activation: NONE, batchNorm: undefined, operations },
    run: (x, context, epilogue) => finish(run(x, context), NONE, epilogue),
  });

/** x → x */
export const identity: Layer = plainLayer(
  (x) => x,
  (input) => input,
  [],
);

/** A layer without variables that is linear, without negative coefficients. @param output size of its result @param form which map it is */
export const fixedLayer =
  (
    run: (x: tf.Tensor4D) => tf.Tensor4D,
    output: (input: MapSize) => MapSize,
    form: (input: MapSize) => FixedOperation['form'],
  ): Layer =>
  (input) =>
    plainLayer(run, output, [{ kind: 'fixed', form: form(input), run }])(input);

/** Layers one after the other, as PyTorch's Sequential; the epilogue is the last one's. */
export function chain(...layers: readonly Layer[]): Layer {
  return (input) => {
    let output = input;
    const placed = layers.map((layer) => {
      const one = layer(output);
      output = one.output;
      return one;
    });
    const last = placed.pop() ?? identity(input);
    return {
      ...last,
      ...sums([...placed, last]),
      operations: [...placed, last].flatMap((layer) => layer.operations),
      run: (x, context, epilogue) => {
        let h = x;
        for (const layer of placed) h = onFrom(h, x, () => layer.run(h, context));
        return onFrom(h, x, () => last.run(h, context, epilogue));
      },
    };
  };
}

/**
 * Goes on from a map that was made on the way from `start`: runs what needs it last, then disposes of it and of what `run` left
 * behind. What a gradient will need of it has been saved by then.
 */
export function onFrom(map: tf.Tensor4D, start: tf.Tensor4D, run: () => tf.Tensor4D): tf.Tensor4D {
  const next = tf.tidy(run);
  if (map !== start && map !== next) map.dispose();
  return next;
}

/** activation(body(x) + shortcut(x)); the body's last layer has no activation of its own. */
export function residual(body: Layer, shortcut: Layer, activation: Activation): Layer {
  return (input) => {
    const [bodyBranch, shortcutBranch] = [body(input), shortcut(input)];
    return {
      ...{ ...bodyBranch, activation, ...sums([bodyBranch, shortcutBranch]) },
      operations: [
        { kind: 'sum', summands: [bodyBranch.operations, shortcutBranch.operations] },
        ...activationOperations(activation),
      ],
      run: (x, context, epilogue = {}) => {
        const added = tf.tidy(() => shortcutBranch.run(x, context, epilogue.residual ? { residual: epilogue.residual } : {}));
        return onFrom(added, x, () => bodyBranch.run(x, context, { activation, ...epilogue, residual: added }));
      },
    };
  };
}

/** The identity where a block changes neither channels nor size, `projection` elsewhere. */
export const shortcut =
  (to: number, stride: number, projection: Layer): Layer =>
  (input) =>
    (input[2] === to && stride === 1 ? identity : projection)(input);

/** What several layers are made of and cost. */
export function sums(layers: readonly PlacedLayer[]): Pick<PlacedLayer, 'variables' | 'multiplyAdds' | 'kept'> {
  return {
    variables: layers.flatMap((layer) => layer.variables),
    multiplyAdds: layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0),
    kept: layers.reduce((sum, layer) => sum + layer.kept, 0),
  };
}
