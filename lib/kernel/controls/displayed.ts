/** What stands in a notebook as a view of a model: with its last state as text and HTML, for where nobody has widgets. */
import { booleanIn, knownKeys, textIn } from '../../util/check';
import { escapeHtml } from '../../util/text';
import { JUPYTER_DISPLAY, widgetKernel } from './kernelApi';
import { freshState, type Kind, layoutState, styleState } from './kinds';
import { type FrontEndHandler, WidgetModel } from './widgetModel';
import { viewOf, WIDGET_VIEW_MIME } from './widgetProtocol';

/** The same in several MIME types. A saved notebook has the last two, as they were when it was shown. */
export interface ControlBundle {
  readonly 'text/plain': string;
  readonly 'text/html': string;
  readonly 'application/vnd.jupyter.widget-view+json'?: object;
}

/** A control, an indicator or a box. It shows itself as the last expression of a cell. */
export interface Displayed {
  /** Takes its views out of the notebook, and ends the loops and listeners that follow it. */
  close(): void;
  /** What a notebook shows: a view where the front end has widgets, and the state of now as text and HTML. */
  [JUPYTER_DISPLAY](): ControlBundle;
}

/** What every control and indicator may be given. */
export interface ControlOptions {
  /** Stands before it. */
  readonly label?: string;
  /** Shown where the mouse rests on it. */
  readonly tooltip?: string;
  /** Shown, and not to be changed by hand. Default false. */
  readonly disabled?: boolean;
  /** Of the whole control, as CSS has it: `30em`. */
  readonly width?: string;
}

/** Options as given, checked. @param own keys beside those of every control */
export function controlOptions(where: string, options: ControlOptions, own: readonly string[]): ControlOptions {
  knownKeys(where, options, ['label', 'tooltip', 'disabled', 'width', ...own]);
  const { label, tooltip, disabled, width } = options;
  for (const [name, text] of Object.entries({ label, tooltip, width }))
    if (text !== undefined) labelIn(`${where}: ${name}`, text);
  if (disabled !== undefined) booleanIn(`${where}: disabled`, disabled);
  return options;
}

/** A text of a line, which may be empty. */
export const labelIn = (where: string, text: unknown): string => (text === '' ? text : textIn(where, text));

/** A state in HTML behind its label. */
export const labelled = (label: string, html: string): string =>
  `<div style="display:flex;gap:.6em;align-items:baseline">${label ? `<span style="opacity:.75">${escapeHtml(label)}</span>` : ''}${html}</div>`;

/** A model of a kind. @param state entries other than the defaults */
export function kindModel(
  kind: Kind,
  state: Readonly<Record<string, unknown>>,
  { label = '', tooltip, disabled, width }: ControlOptions,
  handler?: FrontEndHandler,
): WidgetModel {
  const fresh = freshState(kind);
  const given = { description: label, tooltip: tooltip ?? null, disabled: disabled ?? false };
  const known = Object.entries(given).filter(([key]) => Object.hasOwn(fresh, key));
  const { style } = kind;
  return new WidgetModel(
    {
      ...fresh,
      ...Object.fromEntries(known),
      ...state,
      layout: new WidgetModel(layoutState(width ?? null)),
      ...(style === undefined ? {} : { style: new WidgetModel(styleState(style)) }),
    },
    handler,
  );
}

const models = new WeakMap<Displayed, WidgetModel>();

/** Notes the model behind what is displayed: a box refers to those of its children. */
export function shows(displayed: Displayed, model: WidgetModel): void {
  models.set(displayed, model);
}

/** The model behind what is displayed; undefined for a look-alike. */
export const modelOf = (displayed: Displayed): WidgetModel | undefined => models.get(displayed);

/** What a front end is given: a view, where it may have widgets, and the last state. @param html default the text */
export function controlBundle(model: WidgetModel, text: string, html = escapeHtml(text)): ControlBundle {
  const api = widgetKernel();
  const view = api ? { [WIDGET_VIEW_MIME]: viewOf(model.open(api)) } : {};
  return { ...view, 'text/html': html, 'text/plain': text };
}
