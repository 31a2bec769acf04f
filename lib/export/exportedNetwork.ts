/** A network as an exporter takes it: checked, its operations with their values, what is noted of it. */
import { networkIn } from '../models/givenNetwork';
import { inputNormalisation } from '../models/inputNormalisation';
import type { MapSize } from '../models/layers/layer';
import { valuesPerPrior } from '../models/priorPredictions';
import type { InputNormalisation, Network } from '../models/types';
import { refuse, textIn } from '../util/check';
import { canonicalJson } from '../util/hash';
import type { ValuedOperation } from './valued';
import { valuedOperations } from './valuedOperations';

/** Options of every format. */
export interface ExportOptions {
  /** Names of the classes, which the file notes. */
  readonly classNames?: readonly string[];
  /** What images are normalised by, which the file notes, unless the network's description says otherwise. */
  readonly normalisation?: InputNormalisation;
}

/** A network ready to be written. */
export interface ExportedNetwork {
  readonly name: string;
  /** Of one image. */
  readonly input: MapSize;
  readonly classes: number;
  readonly stages: readonly { readonly name: string; readonly operations: readonly ValuedOperation[] }[];
  readonly heads: readonly { readonly feature: string; readonly operations: readonly ValuedOperation[] }[];
  /** Values that heads say of each prior; undefined where there are none. */
  readonly perPrior: number | undefined;
  readonly normalisation: InputNormalisation | undefined;
  /** For the file's metadata, text by name. */
  readonly notes: Readonly<Record<string, string>>;
}

/**
 * @param where the function that exports, for errors
 * @throws InputError for what is no network, for layers that do not say what they do, and for class names that are not the network's
 */
export function exportedNetwork(
  where: string,
  given: Network,
  { classNames, normalisation, foldBatchNorm = false }: ExportOptions & { readonly foldBatchNorm?: boolean },
): ExportedNetwork {
  const network = networkIn(where, given);
  const { name, input, classes, operations, priors } = network;
  if (!operations) throw refuse(where, "a network that says what its layers do, as buildNetwork's do", name);
  const valuing = { where: `${where}: ${name}`, state: network.variables.snapshot(), foldBatchNorm };
  const ownNormalisation = normalisationOf(where, network, normalisation);
  return {
    ...{ name, input, classes, normalisation: ownNormalisation },
    stages: operations.stages.map((stage) => ({ ...stage, operations: valuedOperations(stage.operations, valuing) })),
    heads: operations.heads.map((head) => ({ ...head, operations: valuedOperations(head.operations, valuing) })),
    perPrior: priors ? valuesPerPrior(classes) : undefined,
    notes: exportNotes(where, network, { ...(classNames ? { classNames } : {}), ...(normalisation ? { normalisation } : {}) }),
  };
}

/** That of the network's description, or else the one that was given; undefined where there is neither. */
const normalisationOf = (where: string, { spec, input }: Network, given: InputNormalisation | undefined) =>
  inputNormalisation(where, spec.normalisation ?? given, input[2]);

/** What a file notes of a network, text by name. @throws InputError for what is no network, and class names that are not its own */
export function exportNotes(where: string, given: Network, options: ExportOptions): Record<string, string> {
  const network = networkIn(where, given);
  const { spec, priors, classes } = network;
  const normalisation = normalisationOf(where, network, options.normalisation);
  return {
    network: canonicalJson(spec),
    ...(normalisation ? { normalisation: canonicalJson(normalisation) } : {}),
    ...(options.classNames ? { classes: canonicalJson(namesIn(`${where}: classNames`, options.classNames, classes)) } : {}),
    ...(priors ? { priors: canonicalJson(priors) } : {}),
  };
}

function namesIn(where: string, names: readonly string[], classes: number): readonly string[] {
  if (!Array.isArray(names) || names.length !== classes) throw refuse(where, `a name for each of ${classes} classes`, names);
  return names.map((name) => textIn(where, name));
}
