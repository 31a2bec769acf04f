/** Figures of Plotly, as plain objects: `{ data, layout }`, with or without `config` and `frames`. Front ends draw them themselves. */
import { isObject } from '../../util/check';
import { counted } from '../../util/text';
import type { DisplayKind } from '../messages';

const KEYS = ['data', 'layout', 'config', 'frames'];

export const plotlyKind: DisplayKind = {
  name: 'a Plotly figure',
  matches: (value) => {
    if (!isObject(value) || !Array.isArray(value['data']) || !isObject(value['layout'])) return false;
    return Object.keys(value).every((key) => KEYS.includes(key)) && value['data'].every(isObject);
  },
  bundle: (value) => {
    const { data } = value as { data: readonly unknown[] };
    return {
      'application/vnd.plotly.v1+json': value,
      'text/plain': `Plotly figure with ${counted(data.length, 'trace')}`,
    };
  },
};
