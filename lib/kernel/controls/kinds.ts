/**
 * The kinds of controls as data: model and view by name, and the state of a fresh one, as the specification of ipywidgets' models says
 * (`@jupyter-widgets/controls` 2.0.0). Sizes and colours are left to the front end.
 */

/** A kind of control. */
export interface Kind {
  /** `FloatSlider`; its model is `FloatSliderModel`. */
  readonly name: string;
  /** `FloatSliderView`. */
  readonly view: string;
  /** Model of its style; boxes have none. */
  readonly style?: string;
  /** Its own entries with their defaults, those that every control has left out. */
  readonly state: Readonly<Record<string, unknown>>;
  /** The entry that the front end changes; what else it sends is refused. Absent: none. */
  readonly changed?: 'value' | 'index' | 'selected_index';
}

const MODULE = { _model_module: '@jupyter-widgets/controls', _model_module_version: '2.0.0' };
const VIEW = { _view_module: '@jupyter-widgets/controls', _view_module_version: '2.0.0' };
const BASE = { _view_module: '@jupyter-widgets/base', _view_module_version: '2.0.0' };

/** A zero-width space: an empty line stays as high as a line. */
const EMPTY = '\u200b';

const described = { description: '', description_allow_html: false };
const usable = { ...described, disabled: false };
const sliding = { behavior: 'drag-tap', continuous_update: true, orientation: 'horizontal', readout: true, ...usable };
const typed = { continuous_update: false, step: null, ...usable };
const written = { continuous_update: true, placeholder: EMPTY, ...usable };
const bounded = { min: 0, max: 100 };
const chosen = { _options_labels: [], index: 0, ...usable };
const paged = { box_style: '', children: [], titles: [], selected_index: null };

type Rest = Pick<Kind, 'state' | 'changed'>;

const slider = (name: string, state: Kind['state']): Kind =>
  kind(name, 'SliderStyleModel', { state: { ...sliding, ...bounded, ...state }, changed: 'value' });
const field = (name: string, view: string, state: Kind['state']): Kind => ({
  ...kind(name, 'DescriptionStyleModel', { state: { ...typed, ...state }, changed: 'value' }),
  view,
});

function kind(name: string, style: string | undefined, rest: Rest): Kind {
  return { name, view: `${name}View`, ...(style === undefined ? {} : { style }), ...rest };
}

/** All of them. */
export const KINDS = {
  intSlider: slider('IntSlider', { step: 1, value: 0, readout_format: 'd' }),
  floatSlider: slider('FloatSlider', { step: 0.1, value: 0, readout_format: '.2f' }),
  logSlider: slider('FloatLogSlider', { step: 0.1, value: 1, min: 0, max: 4, base: 10, readout_format: '.3g' }),
  intRange: slider('IntRangeSlider', { step: 1, value: [25, 75], readout_format: 'd' }),
  floatRange: slider('FloatRangeSlider', { step: 0.1, value: [25, 75], readout_format: '.2f' }),
  intField: field('IntText', 'IntTextView', { step: 1, value: 0 }),
  floatField: field('FloatText', 'FloatTextView', { value: 0 }),
  boundedInt: field('BoundedIntText', 'IntTextView', { ...bounded, step: 1, value: 0 }),
  boundedFloat: field('BoundedFloatText', 'FloatTextView', { ...bounded, value: 0 }),
  dropdown: kind('Dropdown', 'DescriptionStyleModel', { state: chosen, changed: 'index' }),
  radio: kind('RadioButtons', 'DescriptionStyleModel', { state: { ...chosen, orientation: 'vertical' }, changed: 'index' }),
  buttons: kind('ToggleButtons', 'ToggleButtonsStyleModel', {
    state: { ...chosen, button_style: '', icons: [], tooltips: [] },
    changed: 'index',
  }),
  several: kind('SelectMultiple', 'DescriptionStyleModel', { state: { ...chosen, index: [], rows: 5 }, changed: 'index' }),
  checkbox: kind('Checkbox', 'CheckboxStyleModel', { state: { ...usable, indent: false, value: false }, changed: 'value' }),
  toggle: kind('ToggleButton', 'ToggleButtonStyleModel', {
    state: { ...usable, button_style: '', icon: '', value: false },
    changed: 'value',
  }),
  text: kind('Text', 'TextStyleModel', { state: { ...written, value: '' }, changed: 'value' }),
  textarea: kind('Textarea', 'TextStyleModel', { state: { ...written, rows: null, value: '' }, changed: 'value' }),
  button: kind('Button', 'ButtonStyleModel', { state: { description: '', disabled: false, button_style: '', icon: '' } }),
  progress: {
    ...kind('FloatProgress', 'ProgressStyleModel', {
      state: { ...described, ...bounded, bar_style: '', orientation: 'horizontal', value: 0 },
    }),
    view: 'ProgressView',
  },
  label: kind('Label', 'LabelStyleModel', { state: { ...described, placeholder: EMPTY, value: '' } }),
  html: kind('HTML', 'HTMLStyleModel', { state: { ...described, placeholder: EMPTY, value: '' } }),
  column: kind('VBox', undefined, { state: { box_style: '', children: [] } }),
  row: kind('HBox', undefined, { state: { box_style: '', children: [] } }),
  tabs: kind('Tab', undefined, { state: paged, changed: 'selected_index' }),
  accordion: kind('Accordion', undefined, { state: paged, changed: 'selected_index' }),
} as const satisfies Readonly<Record<string, Kind>>;

/** The state of a fresh control. */
export function freshState({ name, view, state }: Kind): Record<string, unknown> {
  const names = { _model_name: `${name}Model`, _view_name: view };
  return { ...MODULE, ...VIEW, ...names, _dom_classes: [], _view_count: null, tabbable: null, tooltip: null, ...state };
}

/** A style in which labels are as wide as they are; that of buttons has no such entry. */
export function styleState(model: string): Record<string, unknown> {
  const wide = model === 'ButtonStyleModel' ? {} : { description_width: 'initial' };
  return { ...MODULE, ...BASE, _model_name: model, _view_name: 'StyleView', _view_count: null, ...wide };
}

/** @param width as CSS has it; null: the front end's own */
export function layoutState(width: string | null): Record<string, unknown> {
  const { _view_module, _view_module_version } = BASE;
  const module = { _model_module: _view_module, _model_module_version: _view_module_version };
  return { ...module, ...BASE, _model_name: 'LayoutModel', _view_name: 'LayoutView', _view_count: null, width };
}

/** A link by which the front end keeps the second entry the same as the first. @param source id of a model, and name of its entry */
export function linkState(source: readonly [string, string], target: readonly [string, string]): Record<string, unknown> {
  const entry = ([id, name]: readonly [string, string]): string[] => [`IPY_MODEL_${id}`, name];
  const names = { _model_name: 'DirectionalLinkModel', _view_name: null };
  return { ...MODULE, ...VIEW, ...names, _view_count: null, source: entry(source), target: entry(target) };
}
