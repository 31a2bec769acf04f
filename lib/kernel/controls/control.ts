/** A control: a value of a type that somebody sets by hand, or the program, and that others follow. */
import { isDeepStrictEqual } from 'node:util';
import { booleanIn } from '../../util/check';
import { interruptSignal } from '../../util/stopSignal';
import { escapeHtml } from '../../util/text';
import { Changes } from './changes';
import {
  type ControlBundle,
  type ControlOptions,
  controlBundle,
  type Displayed,
  kindModel,
  labelIn,
  labelled,
  shows,
} from './displayed';
import { frontEndAnswers } from './frontEnd';
import { JUPYTER_DISPLAY } from './kernelApi';
import type { Kind } from './kinds';
import type { Accepted, WidgetModel } from './widgetModel';

/** A value that is shown; only the program changes it. */
export interface Indicator<T> extends Displayed {
  /** Setting it shows the new one. @throws InputError for what is none, and keeps the one before */
  value: T;
  /** Stands before it. */
  label: string;
}

/**
 * A value that is set by hand, or by the program.
 *
 * `for await (const value of control)` begins with the value of now and goes on with newer ones, the newest each time it comes to look. It ends
 * when the control is closed and when the cell is interrupted, and after the first value where nobody can set another: in a script, in
 * `iekd run`, and where no front end with widgets answers within 30 seconds.
 */
export interface Control<T> extends Indicator<T>, AsyncIterable<T> {
  /** Shown, and not to be changed by hand. */
  disabled: boolean;
  /** Calls `listener` with every new value, whoever has set it. @returns takes the listener away */
  onChange(listener: (value: T) => void): () => void;
}

/** What makes a control of its kind. */
export interface ControlSpec<T> {
  /** The function that made it, for errors: `slider`. */
  readonly where: string;
  readonly kind: Kind;
  /** Entries of the model other than the defaults, the value's left out. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly options: ControlOptions;
  readonly initial: unknown;
  /** @throws InputError for what is no value */
  check(where: string, value: unknown): T;
  /** As the model's entry has it; default the value itself. */
  toEntry?(value: T): unknown;
  /** From the front end, to be checked still; default the value itself. */
  fromEntry?(entry: unknown): unknown;
  text(value: T): string;
  /** Default the text, escaped. */
  html?(value: T): string;
}

/** @throws InputError for an initial value that is none */
export const control = <T>(spec: ControlSpec<T>): Control<T> => new ValueControl(spec);

/** The one implementation: what kinds differ in is in their specification. */
class ValueControl<T> implements Control<T> {
  private readonly changes = new Changes<T>();
  private readonly model: WidgetModel;
  private now: T;

  constructor(private readonly spec: ControlSpec<T>) {
    const { where, kind, state, options, initial } = spec;
    this.now = spec.check(`${where}: value`, initial);
    this.model = kindModel(kind, { ...state, [entryOf(kind)]: this.entry(this.now) }, options, {
      key: kind.changed,
      accept: (entry) => this.accept(entry),
      custom: () => undefined,
    });
    shows(this, this.model);
  }

  get value(): T {
    return this.now;
  }

  set value(next: T) {
    const value = this.spec.check(this.spec.where, next);
    if (isDeepStrictEqual(value, this.now)) return;
    this.now = value;
    this.model.set({ [entryOf(this.spec.kind)]: this.entry(value) });
    this.changes.tell(value);
  }

  get label(): string {
    return String(this.model.get('description'));
  }

  set label(label: string) {
    this.model.set({ description: labelIn(`${this.spec.where}: label`, label) });
  }

  get disabled(): boolean {
    return this.model.get('disabled') === true;
  }

  set disabled(disabled: boolean) {
    this.model.set({ disabled: booleanIn(`${this.spec.where}: disabled`, disabled) });
  }

  onChange(listener: (value: T) => void): () => void {
    return this.changes.on(listener);
  }

  [Symbol.asyncIterator](): AsyncGenerator<T> {
    return this.changes.newest(this.now, whenNobodyIsThere);
  }

  close(): void {
    this.changes.end();
    this.model.close();
  }

  [JUPYTER_DISPLAY](): ControlBundle {
    const { text, html = (value: T): string => escapeHtml(text(value)) } = this.spec;
    const { label, now } = this;
    return controlBundle(this.model, label ? `${label}: ${text(now)}` : text(now), labelled(label, html(now)));
  }

  private entry(value: T): unknown {
    return this.spec.toEntry ? this.spec.toEntry(value) : value;
  }

  /** @returns what is to be done once the front end has its answer */
  private accept(entry: unknown): Accepted {
    const { where, check, fromEntry = (same: unknown): unknown => same } = this.spec;
    const value = check(where, fromEntry(entry));
    const same = isDeepStrictEqual(value, this.now);
    this.now = value;
    return { entry: this.entry(value), after: same ? undefined : () => this.changes.tell(value) };
  }
}

/** An indicator's entry is called so too. */
const entryOf = ({ changed = 'value' }: Kind): string => changed;

/** Ends a loop at an interrupt, and where nobody can set another value. */
export function whenNobodyIsThere(end: () => void): () => void {
  void frontEndAnswers().then((there) => {
    if (!there) end();
  });
  return interruptSignal().onRequest(end);
}
