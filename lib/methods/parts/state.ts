/** The state of a method that decides nothing once and for all. */
import { refuse } from '../../util/check';
import type { Distillation } from '../types';

/** An empty state, which only an empty state restores. */
export function noState(name: string): Pick<Distillation, 'state' | 'restore'> {
  return {
    state: {},
    restore(state) {
      if (Object.keys(state).length > 0) throw refuse(`${name}: state`, 'none', state);
    },
  };
}
