/** Controls together: beside or below one another, on pages behind tabs, or under headings that open. */
import { integerIn, knownKeys, nameIn, refuse, refusePhrase } from '../../util/check';
import { escapeHtml } from '../../util/text';
import { type ControlBundle, controlBundle, type Displayed, kindModel, labelIn, modelOf, shows } from './displayed';
import { JUPYTER_DISPLAY } from './kernelApi';
import { KINDS, type Kind } from './kinds';
import type { WidgetModel } from './widgetModel';

/** Options of `box`. */
export interface BoxOptions {
  /** Default `column`. */
  readonly as?: 'column' | 'row' | 'tabs' | 'accordion';
  /** Of the pages of `tabs` and `accordion`, in their order. */
  readonly titles?: readonly string[];
  /** As CSS has it. */
  readonly width?: string;
}

/**
 * Controls, indicators and boxes together. Closing it leaves its children open.
 * @throws InputError for options that are none, and for a child that is none of them
 * @example
 * ```ts
 * import { box, button, slider } from 'iekd';
 *
 * const rate = slider({ min: 0, max: 1, label: 'rate' });
 * box([rate, button({ label: 'Reset' })], { as: 'row' });
 * ```
 */
export function box(children: readonly Displayed[], options: BoxOptions = {}): Displayed {
  knownKeys('box', options, ['as', 'titles', 'width']);
  const { as = 'column', titles = [], width } = options;
  const kind: Kind = KINDS[nameIn('box: as', ['column', 'row', 'tabs', 'accordion'], as)];
  if (!Array.isArray(children)) throw refuse('box', 'a list of controls', children);
  if (titles.length > 0 && !kind.changed) throw refusePhrase('box: titles', 'pages, as tabs or accordion', `as ${as}`);
  const parts = children.map((child, i) => {
    const model = modelOf(child);
    if (!model) throw refuse(`box: child ${i}`, 'a control, as slider({ … })', child);
    return model;
  });
  const pages = kind.changed ? { titles: titles.map((title, i) => labelIn(`box: titles ${i}`, title)) } : {};
  const opened = as === 'tabs' && children.length > 0 ? { selected_index: 0 } : {};
  const state = { children: parts, ...pages, ...opened };
  const model = kindModel(kind, state, width === undefined ? {} : { width }, {
    key: kind.changed,
    accept: (place) => ({ entry: place === null ? null : integerIn('box', place, 0, parts.length - 1) }),
    custom: () => undefined,
  });
  const shown: Displayed = {
    close: () => model.close(),
    [JUPYTER_DISPLAY]: () => boxBundle(model, children, { titles, beside: as === 'row' }),
  };
  shows(shown, model);
  return shown;
}

interface BoxLayout {
  readonly titles: readonly string[];
  readonly beside: boolean;
}

/** As text and HTML all pages are seen. */
function boxBundle(model: WidgetModel, children: readonly Displayed[], { titles, beside }: BoxLayout): ControlBundle {
  const bundles = children.map((child) => child[JUPYTER_DISPLAY]());
  const texts = bundles.map((bundle, i) => [titles[i], bundle['text/plain']].filter(Boolean).join('\n'));
  const html = bundles.map((bundle, i) => `${titles[i] ? `<b>${escapeHtml(titles[i])}</b>` : ''}${bundle['text/html']}`).join('');
  const style = beside ? 'display:flex;gap:1em;flex-wrap:wrap' : 'display:block';
  return controlBundle(model, texts.join(beside ? '  ' : '\n'), `<div style="${style}">${html}</div>`);
}
