/**
 * The state dict in what people save: itself, or one of the entries of a checkpoint. The rule: a dict that holds tensors by name is one; else
 * the first of NAMES among the entries, then the only entry that is one. What a checkpoint holds beside it are notes.
 */
import { refuse, refusePhrase } from '../../util/check';
import { dictOf, type PickleValue } from '../pickle/pickleValues';
import { tensorCall } from './torchTensors';

/** Entries of checkpoints by which networks are known: of PyTorch's examples, timm, RepDistiller, Lightning. An average comes last. */
const NAMES = [
  ...['state_dict', 'model_state_dict', 'model_state', 'model', 'net', 'network', 'net_state_dict', 'params', 'weights'],
  ...['student', 'teacher', 'module', 'model_ema', 'state_dict_ema', 'ema_state_dict', 'ema', 'params_ema'],
];

/** Dicts in dicts are looked into so far. */
const DEEPEST = 3;

/** A state dict and what lies beside it. */
export interface FoundState {
  /** Names of the entries that lead to it: `state_dict`; empty where the file holds nothing else. */
  readonly key: string;
  readonly entries: ReadonlyMap<PickleValue, PickleValue>;
  /** Plain values beside it, as text: `best_prec1`. */
  readonly notes: Readonly<Record<string, string>>;
}

/**
 * @param key the entries that lead to it, joined by dots; default by the rule
 * @throws InputError where there is none or several, naming them
 */
export function stateDict(value: PickleValue, where: string, key?: string): FoundState {
  const found = candidates(value, '', DEEPEST);
  const names = found.map((one) => one.key);
  const chosen = key === undefined ? found.find((one) => one.key === chosenName(names)) : found.find((one) => one.key === key);
  if (chosen) return { ...chosen, notes: notesIn(value) };
  if (key !== undefined) throw refuse(`${where}: key`, names.length > 0 ? `one of ${names.join(', ')}` : 'a state dict', key);
  if (names.length === 0) throw refusePhrase(where, 'a state dict of tensors by name', 'none', SAVE);
  throw refusePhrase(where, 'one state dict', names.slice(0, 8).join(', '), 'name one of them as key');
}

const SAVE = 'in Python, torch.save(model.state_dict(), path)';

function chosenName(names: readonly string[]): string | undefined {
  if (names.includes('')) return '';
  return NAMES.find((name) => names.includes(name)) ?? (names.length === 1 ? names[0] : undefined);
}

type Candidate = Pick<FoundState, 'key' | 'entries'>;

function candidates(value: PickleValue, key: string, depth: number): Candidate[] {
  const entries = dictOf(value);
  if (!entries || depth === 0) return [];
  const named = [...entries].filter((entry): entry is [string, PickleValue] => typeof entry[0] === 'string');
  if (named.some(([, one]) => tensorCall(one))) return [{ key, entries }];
  return named.flatMap(([name, one]) => candidates(one, key === '' ? name : `${key}.${name}`, depth - 1));
}

function notesIn(value: PickleValue): Record<string, string> {
  const notes: Record<string, string> = {};
  for (const [name, one] of dictOf(value) ?? []) {
    const plain = typeof one === 'number' || typeof one === 'boolean' || typeof one === 'string';
    if (typeof name === 'string' && plain && !(name in Object.prototype)) notes[name] = String(one).slice(0, 200);
  }
  return notes;
}
