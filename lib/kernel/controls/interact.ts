/** A function beside controls of its arguments: run again whenever one of them changes. */
import { isObject, refuse } from '../../util/check';
import { box } from './box';
import { choice } from './choice';
import type { Control } from './control';
import { modelOf } from './displayed';
import { JUPYTER_DISPLAY, kernelApi } from './kernelApi';
import { numberField } from './numberField';
import { shownOutputs } from './shownOutputs';
import { checkbox } from './switches';
import { textField } from './textField';

/** An argument by control: one as it is, or what makes one: values to choose among, a number, a text, true or false. */
export type Argument = Control<unknown> | readonly (string | number | boolean)[] | number | string | boolean;

/** The values that a function is called with. */
export type ArgumentValues<A extends Readonly<Record<string, Argument>>> = {
  readonly [K in keyof A]: A[K] extends Control<infer T>
    ? T
    : A[K] extends readonly (infer T)[]
      ? T
      : A[K] extends number
        ? number
        : A[K] extends boolean
          ? boolean
          : string;
};

/**
 * Shows a control for each argument and, below them, what `f` shows, prints and returns. When one changes `f` runs again with the newest values; never
 * twice at a time, so that of changes during a run the last counts. It ends when the controls are closed or the kernel is.
 * Resolves after the first run; a cell that ends in it without `await` shows nothing more. In a script `f` runs once, with the values of the start, and nothing is shown but what it shows itself.
 * @param f called with the values by name; may be asynchronous. An error of the first run is the cell's, later ones are shown below
 * @throws InputError for an argument of which no control can be made
 * @example
 * ```ts
 * import { interact, scheduleAt, slider } from 'iekd';
 *
 * const epochs = 160;
 * await interact(
 *   ({ epoch, kind }) => {
 *     const base = kind === 'constant' ? 0.1 : ({ kind: 'cosine', base: 0.1 } as const);
 *     console.log(scheduleAt(base, { epoch, epochs }));
 *   },
 *   { epoch: slider({ min: 0, max: epochs, step: 1, value: 80 }), kind: ['cosine', 'constant'] },
 * );
 * ```
 */
export function interact<const A extends Readonly<Record<string, Argument>>>(
  f: (values: ArgumentValues<A>) => unknown,
  args: A,
): Promise<void> {
  return Object.assign(begin(f, args), { [JUPYTER_DISPLAY]: () => NOTHING });
}

const NOTHING = { 'text/plain': '' };

async function begin<const A extends Readonly<Record<string, Argument>>>(
  f: (values: ArgumentValues<A>) => unknown,
  args: A,
): Promise<void> {
  if (typeof f !== 'function') throw refuse('interact', 'a function of the values', f);
  if (!isObject(args)) throw refuse('interact', 'an object of arguments', args);
  const controls = Object.entries(args).map(([name, argument]) => [name, controlOf(name, argument)] as const);
  const call = (): unknown => f(Object.fromEntries(controls.map(([name, { value }]) => [name, value])) as ArgumentValues<A>);
  const api = kernelApi();
  if (!api) return void (await call());
  const shown = box(controls.map(([, control]) => control));
  api.display({ ...shown[JUPYTER_DISPLAY]() });
  const outputs = shownOutputs(api);
  let first = true;
  const run = oneAtATime(async () => {
    try {
      await outputs.run(call);
    } catch (error) {
      if (first) throw error;
      outputs.fail(error);
    } finally {
      first = false;
    }
  });
  for (const [, control] of controls) control.onChange(() => void run());
  await run();
}

function controlOf(name: string, argument: Argument): Control<unknown> {
  const label = name;
  if (Array.isArray(argument)) return choice<unknown>({ options: argument, label });
  if (typeof argument === 'number') return numberField({ value: argument, label });
  if (typeof argument === 'boolean') return checkbox({ value: argument, label });
  if (typeof argument === 'string') return textField({ value: argument, label });
  const control = argument as Control<unknown>;
  if (!isObject(argument) || !modelOf(control) || !('onChange' in control)) {
    throw refuse(`interact: ${name}`, 'a control, a list of values, a number, a text, true or false', argument);
  }
  if (control.label === '') control.label = name;
  return control;
}

/** Runs `work`; when it is asked for during a run, once more after it. @returns resolves when no run is left to be done */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const runs = async (): Promise<void> => {
    do {
      again = false;
      await work();
    } while (again);
  };
  return () => {
    again = true;
    running ??= runs().finally(() => {
      running = undefined;
    });
    return running;
  };
}
