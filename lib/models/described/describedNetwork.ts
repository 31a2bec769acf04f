/**
 * A network of one's own, described by its layers: `{ name: 'mine', stages: [[{ conv: 16 }, …], …], head: […] }`, see layerSpec.ts. Any
 * name that no network of the table has. Variables are named by their places: `stages.0.1.body.0.conv.weight`, `head.0.weight`, `fc.weight`.
 */
import { refuse } from '../../util/check';
import { type Activation, NONE, RELU, RELU6 } from '../layers/activation';
import { convolution, depthwiseConvolution, norm } from '../layers/convolutionLayers';
import { chain, identity, type Layer, residual } from '../layers/layer';
import { dropoutLayer, linear } from '../layers/linearLayers';
import { averagePool, maxPool } from '../layers/poolingLayers';
import type { Blueprint } from '../network';
import { fullSpec, specAt } from '../spec';
import type { NetworkSpec } from '../types';
import { fullLayers } from './fullLayers';
import type { ActivationName, FullLayerSpec } from './layerSpec';

const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = { relu: RELU, relu6: RELU6, none: NONE };

/** A name that enters names of runs and folders. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/;

/** @throws InputError naming the stage and the layer that is wrong */
export function describedBlueprint(given: NetworkSpec): Blueprint {
  const where = specAt(String(given.name));
  if (!NAME.test(given.name)) throw refuse(`${where}: name`, 'a name of letters, digits, ".", "_" and "-"', given.name);
  const { name, classes, input } = fullSpec(given, ['stages', 'head']);
  const { stages, head } = fullLayers(where, given.stages, given.head);
  return {
    spec: { name, classes, input, stages, head },
    stages: stages.map((layers, i) => sequence(`${where}: stages: ${i}`, `stages.${i}`, layers)),
    head: chain(averagePool, sequence(`${where}: head`, 'head', head), linear('fc', classes)),
  };
}

/** @param where in errors @param name prefix of its variables */
const sequence = (where: string, name: string, layers: readonly FullLayerSpec[]): Layer =>
  chain(...layers.map((layer, i) => layerOf(`${where}: ${i}`, `${name}.${i}`, layer)));

function layerOf(where: string, name: string, spec: FullLayerSpec): Layer {
  if ('residual' in spec) return residualOf(where, name, spec.residual);
  if ('maxPool' in spec) return maxPool(where, spec.maxPool, spec.pad);
  if ('dropout' in spec) return dropoutLayer(name, spec.dropout);
  const activation = ACTIVATIONS[spec.activation];
  if ('linear' in spec) return linear(name, spec.linear, activation);
  const normed = { conv: `${name}.conv`, norm: `${name}.norm` };
  if ('depthwise' in spec) {
    return chain(depthwiseConvolution(normed.conv, spec.stride, spec.depthwise), norm(normed.norm, activation));
  }
  const { conv: to, norm: withNorm, size, stride } = spec;
  return convolution({ ...(withNorm ? normed : { conv: normed.conv, bias: true }), to, size, stride, activation });
}

/** The activation of the body's last layer comes after the sum. */
function residualOf(where: string, name: string, layers: readonly FullLayerSpec[]): Layer {
  const last = layers.at(-1);
  const activation = last && 'activation' in last ? ACTIVATIONS[last.activation] : NONE;
  const linearLast = last && 'activation' in last ? { ...last, activation: 'none' as const } : last;
  const body = sequence(where, `${name}.body`, [...layers.slice(0, -1), ...(linearLast ? [linearLast] : [])]);
  return (input) => residual(body, shortcutTo(where, name, body(input).output), activation)(input);
}

/** The identity, or a 1×1 convolution and a batch norm to maps of another size. */
function shortcutTo(where: string, name: string, to: readonly [height: number, width: number, channels: number]): Layer {
  return (input) => {
    if (input.every((size, axis) => size === to[axis])) return identity(input);
    const stride = Math.ceil(input[0] / to[0]);
    const projection = convolution({ conv: `${name}.shortcut.conv`, norm: `${name}.shortcut.norm`, size: 1, to: to[2], stride });
    const placed = projection(input);
    if (placed.output.every((size, axis) => size === to[axis])) return placed;
    throw refuse(
      where,
      `a body that makes maps of ${placed.output.join('×')} of ${input.join('×')}, as a stride of ${stride} does`,
      to,
    );
  };
}
