/** Which network a file has the weights of, by the names and shapes of its tensors. */
import { planNetwork } from '../../models';
import type { NetworkSpec } from '../../models/types';
import { sameShape, unlessRefused } from '../../util/check';
import type { Naming, Shapes } from './naming';
import { ourShape, shapesOf } from './networkShapes';
import { mobilenet, mobilenetV2, repDistillerVgg, shufflenetV2, timmMobilenetV2, vgg, wideResnet } from './otherFamilies';
import { cifarResnet, fourStageResnet, ownCifarResnet } from './resnets';

/** The first that fits counts. */
export const NAMINGS: readonly Naming[] = [
  ...[ownCifarResnet, cifarResnet, fourStageResnet, wideResnet],
  ...[vgg, repDistillerVgg, mobilenetV2, timmMobilenetV2, shufflenetV2, mobilenet],
];

/** Tensors by name in PyTorch's layouts. */
export type ShapedTensors = Readonly<Record<string, { readonly shape: readonly number[] }>>;

/** A network that was recognised. */
export interface RecognisedNetwork {
  /** With the classes of its last layer, and what its images are normalised by where the naming says it. */
  readonly spec: NetworkSpec;
  /** Whose names its tensors have. */
  readonly naming: string;
  /** What must be known of how it was recognised, in a sentence. */
  readonly remark?: string;
}

/** The network whose variables are these tensors, all of them and with all their shapes; undefined where there is none. */
export function recogniseTensors(state: ShapedTensors): RecognisedNetwork | undefined {
  const shapes = shapesOf(state);
  for (const naming of NAMINGS) {
    const spec = naming.candidates(shapes).find((one) => fits(one, naming, shapes));
    if (spec) return { spec, naming: naming.name };
  }
  return undefined;
}

/** What to do with tensors of a network that is known and none of those here. */
export function insteadOf(state: ShapedTensors): string | undefined {
  const shapes = shapesOf(state);
  return NAMINGS.map((naming) => naming.instead?.(shapes)).find((hint) => hint !== undefined);
}

/** Whose names the tensors of that network have, all of them and with all their shapes; undefined where they are others. */
export function withNaming(state: ShapedTensors, spec: NetworkSpec): Naming | undefined {
  const shapes = shapesOf(state);
  return NAMINGS.find((naming) => fits(spec, naming, shapes));
}

/** A description with other classes or options than any network has is none. */
function fits(spec: NetworkSpec, naming: Naming, shapes: Shapes): boolean {
  const variables = planned(spec);
  if (variables?.length !== Object.keys(shapes).length) return false;
  const named = new Map(Object.entries(shapes).map(([name, shape]) => [naming.rename(name, shapes), shape]));
  return variables.every(({ name, shape }) => sameShape(ourShape(named.get(name) ?? []), shape));
}

const planned = (spec: NetworkSpec): ReturnType<typeof planNetwork>['variables'] | undefined =>
  unlessRefused(() => planNetwork(spec).variables);
