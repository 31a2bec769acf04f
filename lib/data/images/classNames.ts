/** Names of classes as an option. */
import { listIn, refuse, textIn } from '../../util/check';

/** @throws InputError for what is no list of names, for none, and for one that is there twice */
export function checkClassNames(where: string, names: readonly string[]): void {
  if (listIn(where, 'names', names).length === 0) throw refuse(where, 'names of classes', names);
  for (const name of names) textIn(where, name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw refuse(where, 'every class once', twice);
}
