/** A function beside controls of its arguments. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { interact } from 'iekd/dist/kernel/controls/interact';
import { JUPYTER_DISPLAY } from 'iekd/dist/kernel/controls/kernelApi';
import { slider } from 'iekd/dist/kernel/controls/slider';
import { FakeFrontEnd, turn } from './fakeFrontEnd';

let front: FakeFrontEnd;
beforeEach(() => {
  front = new FakeFrontEnd().install();
});
afterEach(() => FakeFrontEnd.remove());

/** What the places show now, in their order, the controls left out. */
function places(): string[] {
  const [, ...outputs] = front.displays;
  const byId = new Map<string | undefined, string>();
  for (const { id, data, update } of outputs) {
    assert.equal(update, byId.has(id), 'an update of what is there');
    byId.set(id, String(data['text/plain']));
  }
  return [...byId.values()];
}

describe('interact', () => {
  test('makes a control for each argument and shows them in a column', async () => {
    const own = slider({ min: 0, max: 1, label: 'my own' });
    const plain = slider({ min: 0, max: 1 });
    let values: unknown;
    await interact(
      (given) => {
        values = given;
      },
      { own, plain, method: ['ft', 'at'], epochs: 3, title: 'x', augment: true },
    );
    assert.deepEqual(values, { own: 0, plain: 0, method: 'ft', epochs: 3, title: 'x', augment: true });
    const names = front.opened.map(({ data }) => data['state'] as Record<string, unknown>);
    const views = names.filter((state) => 'description' in state).map((state) => [state['_model_name'], state['description']]);
    assert.deepEqual(views, [
      ['FloatSliderModel', 'my own'],
      ['FloatSliderModel', 'plain'],
      ['DropdownModel', 'method'],
      ['FloatTextModel', 'epochs'],
      ['TextModel', 'title'],
      ['CheckboxModel', 'augment'],
    ]);
    assert.equal(front.displays.length, 1);
    assert.deepEqual(front.displays[0]?.data['application/vnd.jupyter.widget-view+json'], {
      version_major: 2,
      version_minor: 0,
      model_id: front.last.id,
    });
  });

  test('what a run shows, prints and returns takes the place of the run before', async () => {
    const n = slider({ min: 0, max: 9, step: 1, value: 2 });
    await interact(
      ({ n: count }) => {
        front.print(`${count} `);
        front.print('lines\n');
        for (let i = 0; i < count; i++) front.api.display({ 'text/plain': `shown ${i}` }, { id: `slot ${i}` });
        front.api.display({ 'text/plain': 'changed' }, { id: 'slot 0', update: true });
        return { [JUPYTER_DISPLAY]: () => ({ 'text/plain': `returned ${count}` }) };
      },
      { n },
    );
    assert.deepEqual(places(), ['2 lines\n', 'changed', 'shown 1', 'returned 2']);
    n.value = 1;
    await turn();
    assert.deepEqual(places(), ['1 lines\n', 'changed', 'returned 1', '']);
    n.value = 3;
    await turn();
    assert.deepEqual(places(), ['3 lines\n', 'changed', 'shown 1', 'shown 2', 'returned 3']);
  });

  test('an output that is cleared begins anew', async () => {
    await interact(
      () => {
        front.print('old');
        front.api.clearOutput();
        return 'new';
      },
      { n: 1 },
    );
    assert.deepEqual(places(), ["'new'"]);
  });

  test('an update of what was shown elsewhere goes there', async () => {
    await interact(() => front.api.display({ 'text/plain': 'bar' }, { id: 'other', update: true }), { n: 1 });
    assert.deepEqual(front.displays.at(-1), { data: { 'text/plain': 'bar' }, id: 'other', update: true });
  });

  const values: readonly (readonly [unknown, string[]])[] = [
    ['a text', ["'a text'"]],
    [7, ['7']],
    [{ a: [1] }, ['{ a: [ 1 ] }']],
    [undefined, []],
  ];
  for (const [value, expected] of values) {
    test(`returns ${String(value)}`, async () => {
      await interact(() => value, { n: 1 });
      assert.deepEqual(places(), expected);
    });
  }

  test('never runs twice at a time; of changes during a run the last counts', async () => {
    const n = slider({ min: 0, max: 9, step: 1 });
    const runs: number[] = [];
    let working = 0;
    await interact(
      async ({ n: value }) => {
        assert.equal(++working, 1);
        runs.push(value);
        await turn();
        working--;
      },
      { n },
    );
    for (const value of [1, 2, 3]) n.value = value;
    while (working > 0 || runs.at(-1) !== 3) await turn();
    assert.deepEqual(runs, [0, 1, 3]);
  });

  test('an error of the first run is the cell’s, later ones are shown, and it goes on', async () => {
    const n = slider({ min: 0, max: 9, step: 1 });
    const f = ({ n: value }: { readonly n: number }): string => {
      if (value < 2) throw new RangeError(`no ${value}`);
      return 'fine';
    };
    await assert.rejects(interact(f, { n }), { name: 'RangeError', message: 'no 0' });
    n.value = 1;
    await turn();
    assert.deepEqual(places(), ['RangeError: no 1']);
    n.value = 2;
    await turn();
    assert.deepEqual(places(), ["'fine'"]);
  });

  test('ends when a control is closed', async () => {
    const n = slider({ min: 0, max: 9, step: 1 });
    let runs = 0;
    await interact(() => void runs++, { n });
    n.close();
    n.value = 5;
    await turn();
    assert.equal(runs, 1);
  });

  test('in a script it runs once', async () => {
    FakeFrontEnd.remove();
    const seen: unknown[] = [];
    await interact(({ rate, method }) => seen.push([rate, method]), { rate: slider({ min: 0, max: 1 }), method: ['ft', 'at'] });
    assert.deepEqual(seen, [[0, 'ft']]);
  });

  const wrong = (value: unknown): never => value as never;
  const refused: readonly (readonly [() => Promise<void>, string])[] = [
    [() => interact(wrong(3), {}), 'interact: expected a function of the values, received 3'],
    [() => interact(() => 0, wrong([1])), 'interact: expected an object of arguments, received [1]'],
    [
      () => interact(() => 0, { n: wrong({ value: 1 }) }),
      'interact: n: expected a control, a list of values, a number, a text, true or false, received {"value":1}',
    ],
  ];
  for (const [make, message] of refused) test(message, () => assert.rejects(make, { name: 'InputError', message }));
});
