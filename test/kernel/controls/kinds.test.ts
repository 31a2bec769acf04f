/** The kinds of controls beside the models of ipywidgets. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { freshState, KINDS, type Kind } from 'iekd/dist/kernel/controls/kinds';

type State = Readonly<Record<string, unknown>>;
const { common, models } = JSON.parse(readFileSync(join(__dirname, '../../fixtures/widgetStates.json'), 'utf8')) as {
  readonly common: State;
  readonly models: Readonly<Record<string, State>>;
};

describe('fresh states are those of ipywidgets', () => {
  /** Lists that the functions fill, and where ours differs: a label of a check box stands at the margin. */
  const OURS: Readonly<Record<string, State>> = {
    Checkbox: { indent: false },
    Dropdown: { index: 0 },
    RadioButtons: { index: 0 },
    ToggleButtons: { index: 0 },
  };
  for (const [name, kind] of Object.entries<Kind>(KINDS)) {
    test(name, () => {
      const { style, ...own } = models[kind.name] ?? {};
      assert.equal(kind.style, style);
      assert.deepEqual(freshState(kind), { ...common, ...own, ...OURS[kind.name] });
    });
  }
  test('all of the specification that are listed', () => {
    assert.deepEqual(
      Object.values<Kind>(KINDS)
        .map(({ name }) => name)
        .sort(),
      Object.keys(models).sort(),
    );
  });
});
