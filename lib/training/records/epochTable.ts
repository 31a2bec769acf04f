/** What an epoch, its evaluations and a best epoch are in a file: the table that logs, reports and records are held against. */
import { metricStyle } from '../../tasks';
import { refuse } from '../../util/check';
import { type Check, integer, listOf, mapOf, number, objectOf, oneOf, orNull, text } from '../../util/schema';

const SPLIT = oneOf('validation', 'test');

/** A metric that is a share lies in [0, 1]. */
const METRICS = mapOf((where, value, name) => orNull(metricStyle(name).percent ? number(0, 1) : number())(where, value));

/** An `Evaluation`. */
export const EVALUATION = objectOf({ split: SPLIT, count: integer(1), loss: orNull(number()), metrics: METRICS });

const EVALUATIONS = listOf(EVALUATION);

/** A term of weight 0 may be no number. */
const TERM = objectOf({ value: orNull(number()), weight: number(), weighted: orNull(number()) });

const onlyTrue: Check = (where, value) => {
  if (value !== true) throw refuse(where, 'true', value);
};

const PEERS = listOf(objectOf({ peer: text, evaluations: EVALUATIONS }));

const EPOCH_ENTRIES = objectOf(
  {
    kind: oneOf('epoch'),
    stage: text,
    epoch: integer(1),
    epochs: integer(1),
    step: integer(1),
    seconds: number(0),
    learningRate: number(0),
    loss: number(),
    terms: mapOf(TERM),
    evaluations: EVALUATIONS,
  },
  {
    peers: PEERS,
    ema: objectOf({ evaluations: EVALUATIONS }, { peers: PEERS }),
    fallbackMs: number(0),
    endedEarly: onlyTrue,
  },
);

/** An `EpochEvent`. */
export const EPOCH: Check = (where, value) => {
  EPOCH_ENTRIES(where, value);
  const { epoch, epochs } = value as { epoch: number; epochs: number };
  if (epoch > epochs) throw refuse(`${where}: epoch`, `one of ${epochs} epochs`, epoch);
};

/** A `BestEpoch`. */
export const BEST = objectOf({ epoch: integer(1), selectedOn: SPLIT, evaluations: EVALUATIONS });

/** A `PeerReport`: a peer after the last epoch, and its best. */
export const PEER = objectOf({ peer: text, evaluations: EVALUATIONS }, { best: BEST });
