/** A button: the front end says `{ event: 'click' }` as a custom message. */
import { booleanIn, isObject, nameIn } from '../../util/check';
import { escapeHtml } from '../../util/text';
import { Changes } from './changes';
import { whenNobodyIsThere } from './control';
import {
  type ControlBundle,
  type ControlOptions,
  controlBundle,
  controlOptions,
  type Displayed,
  kindModel,
  labelIn,
  shows,
} from './displayed';
import { JUPYTER_DISPLAY } from './kernelApi';
import { KINDS } from './kinds';
import type { WidgetModel } from './widgetModel';

/** Options of `button`. */
export interface ButtonOptions extends ControlOptions {
  /** Its colour; default the front end's own. */
  readonly style?: 'primary' | 'success' | 'info' | 'warning' | 'danger';
}

/** A button. Clicks that come within one turn of the event loop are one. */
export interface Button extends Displayed {
  /** Stands on it. */
  label: string;
  /** Shown, and not to be clicked. */
  disabled: boolean;
  /** How often it was clicked, for loops: `for await (const n of button.clicks)` begins with the count of now, and ends as those of a `Control` do. */
  readonly clicks: AsyncIterable<number>;
  /** Calls `listener` at each click. @returns takes the listener away */
  onClick(listener: () => void): () => void;
}

/**
 * A button with a label.
 * @throws InputError for options that are none
 * @example
 * ```ts
 * import { button } from 'iekd';
 *
 * const again = button({ label: 'Once more', style: 'primary' });
 * again.onClick(() => console.log('here we go'));
 * ```
 */
export function button(options: ButtonOptions): Button {
  const given = controlOptions('button', options, ['style']);
  const { style } = options;
  if (style !== undefined) nameIn('button: style', ['primary', 'success', 'info', 'warning', 'danger'], style);
  return new ClickedButton(given, style ?? '');
}

class ClickedButton implements Button {
  private readonly changes = new Changes<number>();
  private readonly model: WidgetModel;
  private count = 0;

  constructor(options: ControlOptions, style: string) {
    this.model = kindModel(KINDS.button, { button_style: style }, options, {
      accept: () => ({ entry: undefined }),
      custom: (content) => this.custom(content),
    });
    shows(this, this.model);
  }

  get label(): string {
    return String(this.model.get('description'));
  }

  set label(label: string) {
    this.model.set({ description: labelIn('button: label', label) });
  }

  get disabled(): boolean {
    return this.model.get('disabled') === true;
  }

  set disabled(disabled: boolean) {
    this.model.set({ disabled: booleanIn('button: disabled', disabled) });
  }

  get clicks(): AsyncIterable<number> {
    return { [Symbol.asyncIterator]: () => this.changes.newest(this.count, whenNobodyIsThere) };
  }

  onClick(listener: () => void): () => void {
    return this.changes.on(() => listener());
  }

  close(): void {
    this.changes.end();
    this.model.close();
  }

  [JUPYTER_DISPLAY](): ControlBundle {
    const { label } = this;
    return controlBundle(this.model, `[${label}]`, `<button disabled>${escapeHtml(label)}</button>`);
  }

  private custom(content: unknown): void {
    if (this.disabled || !isObject(content) || content['event'] !== 'click') return;
    this.count++;
    this.changes.tell(this.count);
  }
}
