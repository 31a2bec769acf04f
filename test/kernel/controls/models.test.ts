/** Models and their comms: what is opened, sent, answered and closed. */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { box } from 'iekd/dist/kernel/controls/box';
import { button } from 'iekd/dist/kernel/controls/button';
import { choice, choices } from 'iekd/dist/kernel/controls/choice';
import type { Control } from 'iekd/dist/kernel/controls/control';
import { progress } from 'iekd/dist/kernel/controls/indicators';
import { JUPYTER_DISPLAY } from 'iekd/dist/kernel/controls/kernelApi';
import { freshState, KINDS } from 'iekd/dist/kernel/controls/kinds';
import { numberField } from 'iekd/dist/kernel/controls/numberField';
import { rangeSlider, slider } from 'iekd/dist/kernel/controls/slider';
import { checkbox } from 'iekd/dist/kernel/controls/switches';
import { textField } from 'iekd/dist/kernel/controls/textField';
import { FakeFrontEnd, turn } from './fakeFrontEnd';

type State = Readonly<Record<string, unknown>>;

const VIEW = 'application/vnd.jupyter.widget-view+json';
let front: FakeFrontEnd;
beforeEach(() => {
  front = new FakeFrontEnd().install();
});
afterEach(() => FakeFrontEnd.remove());

/** Shows a control; its comm. */
function shown(control: { [JUPYTER_DISPLAY](): object }): string {
  control[JUPYTER_DISPLAY]();
  return front.last.id;
}

describe('a control becomes known when it is shown first', () => {
  test('its layout and style before it, with references', () => {
    const control = slider({ min: 0, max: 1, value: 0.5, label: 'rate', tooltip: 'how fast', width: '30em' });
    assert.equal(front.opened.length, 0);
    const bundle = control[JUPYTER_DISPLAY]();
    assert.deepEqual(
      front.opened.map(({ target, metadata, data }) => [target, metadata, (data['state'] as State)['_model_name']]),
      ['LayoutModel', 'SliderStyleModel', 'FloatSliderModel'].map((name) => ['jupyter.widget', { version: '2.1.0' }, name]),
    );
    const [layout, style, model] = front.opened;
    assert.deepEqual(layout?.data, {
      state: {
        _model_module: '@jupyter-widgets/base',
        _model_module_version: '2.0.0',
        _model_name: 'LayoutModel',
        _view_module: '@jupyter-widgets/base',
        _view_module_version: '2.0.0',
        _view_name: 'LayoutView',
        _view_count: null,
        width: '30em',
      },
      buffer_paths: [],
    });
    assert.deepEqual(style?.data['state'], {
      _model_module: '@jupyter-widgets/controls',
      _model_module_version: '2.0.0',
      _model_name: 'SliderStyleModel',
      _view_module: '@jupyter-widgets/base',
      _view_module_version: '2.0.0',
      _view_name: 'StyleView',
      _view_count: null,
      description_width: 'initial',
    });
    assert.deepEqual(model?.data['state'], {
      ...freshState(KINDS.floatSlider),
      ...{ min: 0, max: 1, step: 0.01, value: 0.5, description: 'rate', tooltip: 'how fast' },
      ...{ layout: `IPY_MODEL_${layout?.id}`, style: `IPY_MODEL_${style?.id}` },
    });
    assert.deepEqual(bundle, {
      [VIEW]: { version_major: 2, version_minor: 0, model_id: model?.id },
      'text/plain': 'rate: 0.5',
      'text/html': '<div style="display:flex;gap:.6em;align-items:baseline"><span style="opacity:.75">rate</span>0.5</div>',
    });
  });

  test('shown again, it is the same model', () => {
    const control = checkbox();
    const first = shown(control);
    assert.equal((control[JUPYTER_DISPLAY]()[VIEW] as State)['model_id'], first);
    assert.equal(front.opened.length, 3);
  });

  test('children before their box', () => {
    const id = shown(box([slider({ min: 0, max: 1 }), button({ label: 'Go' })], { as: 'tabs', titles: ['One', 'Two'] }));
    const names = front.opened.map(({ data }) => (data['state'] as State)['_model_name']);
    const [child, other] = [front.opened[2], front.opened[5]];
    assert.deepEqual(names.slice(-1), ['TabModel']);
    assert.deepEqual([names[2], names[5]], ['FloatSliderModel', 'ButtonModel']);
    const state = front.opened.find((one) => one.id === id)?.data['state'] as State;
    assert.deepEqual(state['children'], [`IPY_MODEL_${child?.id}`, `IPY_MODEL_${other?.id}`]);
    assert.deepEqual([state['titles'], state['selected_index']], [['One', 'Two'], 0]);
  });
});

describe('messages of the front end', () => {
  const echo = (key: string, value: unknown): State => ({ method: 'echo_update', state: { [key]: value }, buffer_paths: [] });
  const refused = (key: string, value: unknown): State => ({ method: 'update', state: { [key]: value }, buffer_paths: [] });
  const update = (state: unknown): State => ({ method: 'update', state, buffer_paths: [] });
  const unit = (): Control<number> => slider({ min: 0, max: 1, value: 0.5 });
  const log = (): Control<number> => slider({ min: 0.03, max: 30, value: 0.3, scale: 'log' });
  const range = (): Control<readonly [number, number]> => rangeSlider({ min: 0, max: 9, step: 1, value: [2, 5] });
  const whole = (): Control<number> => numberField({ min: 0, step: 1, value: 3 });
  const method = (): Control<string> => choice({ options: ['ft', 'at'], value: 'at' });
  const some = (): Control<readonly string[]> => choices({ options: ['a', 'b', 'c'], value: ['b'] });
  const rows: readonly (readonly [string, () => Control<unknown>, unknown, unknown, readonly State[]])[] = [
    ['a value', unit, update({ value: 0.25 }), 0.25, [echo('value', 0.25)]],
    ['the same value', unit, update({ value: 0.5 }), 0.5, [echo('value', 0.5)]],
    ['beyond the end', unit, update({ value: 1.01 }), 0.5, [refused('value', 0.5)]],
    ['a text for a number', unit, update({ value: '0.2' }), 0.5, [refused('value', 0.5)]],
    ['null', unit, update({ value: null }), 0.5, [refused('value', 0.5)]],
    ['an object', unit, update({ value: { valueOf: 1 } }), 0.5, [refused('value', 0.5)]],
    ['other entries', unit, update({ max: 100, _model_name: 'x', junk: 1 }), 0.5, []],
    ['a value among them', unit, update({ max: 100, value: 0.75 }), 0.75, [echo('value', 0.75)]],
    ['an inherited value', unit, update(Object.create({ value: 0.1 })), 0.5, []],
    ['a state that is a list', unit, update([['value', 0.1]]), 0.5, []],
    ['no state', unit, { method: 'update' }, 0.5, []],
    ['an unknown method', unit, { method: 'explode', state: { value: 0.1 } }, 0.5, []],
    ['no method', unit, {}, 0.5, []],
    ['an end that a power misses', log, update({ value: 10 ** Math.log10(0.03) }), 0.03, [echo('value', 0.03)]],
    ['below that end', log, update({ value: 0.0299 }), 0.3, [refused('value', 0.3)]],
    ['a range', range, update({ value: [0, 9] }), [0, 9], [echo('value', [0, 9])]],
    ['a range backwards', range, update({ value: [5, 2] }), [2, 5], [refused('value', [2, 5])]],
    ['half a number', range, update({ value: [2, 4.5] }), [2, 5], [refused('value', [2, 5])]],
    ['three numbers', range, update({ value: [1, 2, 3] }), [2, 5], [refused('value', [2, 5])]],
    ['a number that is typed', whole, update({ value: 7 }), 7, [echo('value', 7)]],
    ['a fraction', whole, update({ value: 7.5 }), 3, [refused('value', 3)]],
    ['a place', method, update({ index: 0 }), 'ft', [echo('index', 0)]],
    ['a place that is none', method, update({ index: 2 }), 'at', [refused('index', 1)]],
    ['no place', method, update({ index: null }), 'at', [refused('index', 1)]],
    ['a value for a place', method, update({ value: 'ft' }), 'at', []],
    ['places', some, update({ index: [2, 0] }), ['a', 'c'], [echo('index', [0, 2])]],
    ['none', some, update({ index: [] }), [], [echo('index', [])]],
    ['a place beyond', some, update({ index: [3] }), ['b'], [refused('index', [1])]],
    ['places without end', some, update({ index: Array(1e5).fill(0) }), ['b'], [refused('index', [1])]],
    ['ticked', () => checkbox(), update({ value: true }), true, [echo('value', true)]],
    ['half ticked', () => checkbox(), update({ value: 1 }), false, [refused('value', false)]],
    ['a text', () => textField(), update({ value: 'é\n' }), 'é\n', [echo('value', 'é\n')]],
    ['a text without end', () => textField(), update({ value: 'x'.repeat(1_000_001) }), '', [refused('value', '')]],
    ['a value of what only shows', () => progress() as Control<unknown>, update({ value: 1 }), 0, []],
  ];
  for (const [name, make, message, value, answers] of rows) {
    test(name, async () => {
      const control = make();
      const before = control.value;
      const told: unknown[] = [];
      control.onChange((next) => told.push(next));
      const id = shown(control);
      front.says(id, message);
      await turn();
      assert.deepEqual(control.value, value);
      assert.deepEqual(front.to(id), answers);
      assert.deepEqual(told, JSON.stringify(before) === JSON.stringify(value) ? [] : [value]);
    });
  }

  test('100,000 changes that come at once are one, the newest', async () => {
    const control = slider({ min: 0, max: 1e5, step: 1 });
    const told: number[] = [];
    control.onChange((value) => told.push(value));
    const id = shown(control);
    for (let value = 1; value <= 1e5; value++) front.says(id, update({ value }));
    await turn();
    assert.deepEqual(told, [1e5]);
    assert.deepEqual(front.to(id), [echo('value', 1e5)]);
  });

  test('the newest is refused: those before it do not count', async () => {
    const control = unit();
    const id = shown(control);
    for (const value of [0.1, 0.2, 7]) front.says(id, update({ value }));
    await turn();
    assert.equal(control.value, 0.5);
    assert.deepEqual(front.to(id), [refused('value', 0.5)]);
  });

  test('a listener is called for the cell that added it; the answer names the newest message', async () => {
    const cell = new AsyncLocalStorage<string>();
    const header = (id: string): Uint8Array => new TextEncoder().encode(`{"msg_id":"${id}"}`);
    const control = unit();
    const seen: unknown[] = [];
    cell.run('first', () => control.onChange((value) => seen.push([value, cell.getStore()])));
    const id = cell.run('second', () => shown(control));
    front.says(id, update({ value: 0.1 }), header('a'));
    front.says(id, update({ value: 0.2 }), header('b'));
    await turn();
    front.says(id, update({ value: 2 }), header('c'));
    await turn();
    assert.deepEqual(seen, [[0.2, 'first']]);
    assert.deepEqual(
      front.sent.map(({ data, parent }) => [data['method'], parent]),
      [
        ['echo_update', header('b')],
        ['update', header('c')],
      ],
    );
  });

  test('request_state is answered by the whole state', () => {
    const id = shown(unit());
    front.says(id, { method: 'request_state' });
    const [answer] = front.to(id);
    assert.equal(answer?.['method'], 'update');
    assert.deepEqual(answer?.['state'], front.last.data['state']);
  });

  test('a page that is opened', async () => {
    const id = shown(box([checkbox(), checkbox()], { as: 'accordion' }));
    for (const place of [1, 2, null]) {
      front.says(id, update({ selected_index: place }));
      await turn();
    }
    assert.deepEqual(front.to(id), [echo('selected_index', 1), refused('selected_index', 1), echo('selected_index', null)]);
  });
});

describe('changes by the program', () => {
  test('are sent at once, then once in 20 ms with the newest', async () => {
    const done = progress({ max: 1000 });
    const id = shown(done);
    const start = performance.now();
    for (let i = 1; i <= 1000; i++) done.value = i;
    const values = (): unknown[] => front.to(id).map(({ method, state }) => [method, (state as State)['value']]);
    assert.deepEqual(values()[0], ['update', 1]);
    while ((values().at(-1) as unknown[])[1] !== 1000) await turn();
    assert.ok(values().length <= 2 + (performance.now() - start) / 20, `${values().length} updates`);
  });

  test('of label and disabled', () => {
    const control = slider({ min: 0, max: 1 });
    control.label = 'before';
    const id = shown(control);
    control.label = 'rate';
    assert.deepEqual(front.to(id), [{ method: 'update', state: { description: 'rate' }, buffer_paths: [] }]);
    assert.deepEqual([control.label, control.disabled], ['rate', false]);
  });

  test('of a value that the front end has changed meanwhile', async () => {
    const control = slider({ min: 0, max: 1 });
    const id = shown(control);
    front.says(id, { method: 'update', state: { value: 0.5 } });
    await turn();
    control.value = 0.75;
    assert.deepEqual(
      front.to(id).map((message) => message['state']),
      [{ value: 0.5 }, { value: 0.75 }],
    );
  });
});

describe('front ends that join later', () => {
  const states = (): State => {
    front.opens('jupyter.widget.control', 'control');
    front.says('control', { method: 'nothing' });
    front.says('control', { method: 'request_states' });
    const [answer, ...more] = front.to('control');
    assert.deepEqual([answer?.['method'], answer?.['buffer_paths'], more], ['update_states', [], []]);
    return answer?.['states'] as State;
  };

  test('are sent the state of every open model', () => {
    const control = slider({ min: 0, max: 1 });
    const id = shown(control);
    control.value = 0.5;
    const model = states()[id] as State;
    assert.deepEqual(
      [model['model_name'], model['model_module'], model['model_module_version']],
      ['FloatSliderModel', '@jupyter-widgets/controls', '2.0.0'],
    );
    assert.equal((model['state'] as State)['value'], 0.5);
  });

  test('closed models are not among them, neither their layouts and styles', () => {
    const control = slider({ min: 0, max: 1 });
    const ids = [shown(control), ...front.opened.map(({ id }) => id)];
    control.close();
    const left = states();
    assert.deepEqual(
      ids.filter((id) => id in left),
      [],
    );
    assert.deepEqual(new Set(front.closed), new Set(ids));
  });

  test('one that the front end has closed is opened anew when it is shown again', () => {
    const control = checkbox();
    const first = shown(control);
    front.closes(first);
    assert.equal(first in states(), false);
    assert.notEqual(shown(control), first);
  });
});
