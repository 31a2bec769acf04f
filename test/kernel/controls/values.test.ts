/** Controls as values: what they take and refuse, who follows them, how loops end, what is seen without a front end. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { box } from 'iekd/dist/kernel/controls/box';
import { button } from 'iekd/dist/kernel/controls/button';
import { choice, choices } from 'iekd/dist/kernel/controls/choice';
import { html, label, progress } from 'iekd/dist/kernel/controls/indicators';
import { JUPYTER_DISPLAY } from 'iekd/dist/kernel/controls/kernelApi';
import { numberField } from 'iekd/dist/kernel/controls/numberField';
import { rangeSlider, slider } from 'iekd/dist/kernel/controls/slider';
import { checkbox, toggle } from 'iekd/dist/kernel/controls/switches';
import { textField } from 'iekd/dist/kernel/controls/textField';
import { interruptSignal } from 'iekd/dist/util/stopSignal';
import { FakeFrontEnd, turn } from './fakeFrontEnd';

/** Options that types forbid. */
const wrong = (value: unknown): never => value as never;

describe('refused, in a sentence', () => {
  const unit = slider({ min: 0, max: 1 });
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => (unit.value = 2), 'slider: expected a number in [0, 1], received 2'],
    [() => (unit.value = wrong('0.5')), 'slider: expected a number in [0, 1], received "0.5"'],
    [() => (unit.disabled = wrong(1)), 'slider: disabled: expected true or false, received 1'],
    [() => slider({ min: 0, max: 1, value: 3 }), 'slider: value: expected a number in [0, 1], received 3'],
    [() => slider({ min: 0, max: 10, step: 1, value: 2.5 }), 'slider: value: expected an integer in [0, 10], received 2.5'],
    [() => slider(wrong({ max: 1 })), 'slider: min: expected a finite number, received undefined'],
    [() => slider({ min: 1, max: 0 }), 'slider: max: expected a number from 1, received 0'],
    [() => slider({ min: 1, max: 1 }), 'slider: max: expected a number above min, which is 1, received 1'],
    [() => slider({ min: 0, max: 1, step: 0 }), 'slider: step: expected a number above 0, received 0'],
    [() => slider({ min: 0, max: 1, scale: 'log' }), 'slider: min of a scale in powers: expected a number above 0, received 0'],
    [
      () => slider({ min: 0, max: 1, scale: wrong('logarithmic') }),
      'slider: scale: expected one of linear, log, received "logarithmic"',
    ],
    [
      () => slider(wrong({ min: 0, max: 1, labels: 'x' })),
      'slider: did you mean "label"? expected options among label, tooltip, disabled, width, min, max, step, value, format, scale, received "labels"',
    ],
    [() => slider({ min: 0, max: 1, label: wrong(7) }), 'slider: label: expected a text, received 7'],
    [
      () => rangeSlider({ min: 0, max: 1, value: [1, 0] }),
      'rangeSlider: value: expected a range whose first end is not above the second, received [1,0]',
    ],
    [
      () => rangeSlider({ min: 0, max: 1, value: wrong([1]) }),
      'rangeSlider: value: expected two numbers, the ends of a range, received [1]',
    ],
    [() => numberField({ min: 3, value: 2 }), 'numberField: value: expected a number from 3, received 2'],
    [() => choice({ options: ['ft', 'at'], value: wrong('kd') }), 'choice: value: expected one of ft, at, received "kd"'],
    [() => choice({ options: [] }), 'choice: options: expected 1 to 10000 values, received 0'],
    [() => choice({ options: wrong('ft') }), 'choice: options: expected a list of values, or values by label, received "ft"'],
    [() => choice({ options: ['a', 'a'] }), 'choice: options: expected labels that differ, received "a"'],
    [
      () => choices({ options: ['a', 'b'], value: wrong('a') }),
      'choices: value: expected a list of some of the options, received "a"',
    ],
    [() => checkbox({ value: wrong('yes') }), 'checkbox: value: expected true or false, received "yes"'],
    [() => textField({ value: wrong(1) }), 'textField: value: expected a text, received 1'],
    [() => textField({ lines: 0 }), 'textField: lines: expected an integer in [1, 1000], received 0'],
    [() => progress({ max: 3, value: 4 }), 'progress: value: expected a number in [0, 3], received 4'],
    [() => label({ value: wrong(null) }), 'label: value: expected a text, received null'],
    [
      () => button({ label: 'x', style: wrong('red') }),
      'button: style: expected one of primary, success, info, warning, danger, received "red"',
    ],
    [() => box(wrong([{}])), 'box: child 0: expected a control, as slider({ … }), received {}'],
    [() => box([], { titles: ['a'] }), 'box: titles: expected pages, as tabs or accordion, received as column'],
  ];
  for (const [make, message] of rows) test(message, () => assert.throws(make, { name: 'InputError', message }));

  test('a value that is refused leaves the one before', () => {
    assert.throws(() => (unit.value = 2));
    assert.equal(unit.value, 0);
  });
});

describe('first values', () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ['slider: its lower end', slider({ min: 2, max: 3 }).value, 2],
    ['range: all', rangeSlider({ min: 2, max: 3 }).value, [2, 3]],
    ['number: 0', numberField().value, 0],
    ['number: the end nearest to 0', numberField({ min: 5 }).value, 5],
    ['choice: the first', choice({ options: { a: 1, b: 2 } }).value, 1],
    ['choice: one of undefined values', choice({ options: { a: 1, none: undefined }, value: undefined }).value, undefined],
    ['choices: none', choices({ options: ['a'] }).value, []],
    ['checkbox, toggle: off', [checkbox().value, toggle().value], [false, false]],
    ['text: empty', textField().value, ''],
    ['progress: its lower end', progress({ min: 1, max: 2 }).value, 1],
  ];
  for (const [name, value, expected] of rows) test(name, () => assert.deepEqual(value, expected));
});

describe('without a front end the last state is text and HTML', () => {
  const inBox = '<div style="display:flex;gap:.6em;align-items:baseline">';
  const named = (name: string, rest: string): string => `${inBox}<span style="opacity:.75">${name}</span>${rest}</div>`;
  const pages = box([slider({ min: 0, max: 1, label: 'a' }), label({ value: 'x' })], { as: 'tabs', titles: ['1', '2'] });
  const rows: readonly (readonly [string, { [JUPYTER_DISPLAY](): object }, string, string])[] = [
    ['slider', slider({ min: 0, max: 1, value: 0.5, label: '<rate>' }), '<rate>: 0.5', named('&lt;rate&gt;', '0.5')],
    ['range', rangeSlider({ min: 0, max: 1 }), '0 to 1', `${inBox}0 to 1</div>`],
    ['choice', choice({ options: { 'a & b': 1 } }), 'a & b', `${inBox}a &amp; b</div>`],
    ['choices', choices({ options: ['a', 'b'], value: ['b', 'a'] }), 'a, b', `${inBox}a, b</div>`],
    ['checkbox', checkbox({ label: 'on?' }), 'on?: off', named('on?', 'off')],
    ['text', textField({ value: '<' }), '<', `${inBox}<span style="white-space:pre-wrap">&lt;</span></div>`],
    ['progress', progress({ max: 4, value: 1 }), '1 of 4', `${inBox}<progress max="4" value="1">1 of 4</progress></div>`],
    ['html', html({ value: '<b>x</b>' }), '<b>x</b>', `${inBox}<b>x</b></div>`],
    ['button', button({ label: 'Go' }), '[Go]', '<button disabled>Go</button>'],
    ['pages', pages, '1\na: 0\n2\nx', `<div style="display:block"><b>1</b>${named('a', '0')}<b>2</b>${inBox}x</div></div>`],
  ];
  for (const [name, control, text, markup] of rows) {
    test(name, () => assert.deepEqual(control[JUPYTER_DISPLAY](), { 'text/plain': text, 'text/html': markup }));
  }

  test('in a kernel whose runner says that nobody is there no comm is opened', () => {
    const front = new FakeFrontEnd().install();
    process.env['IEKD_FRONT_END'] = 'none';
    try {
      assert.deepEqual(Object.keys(checkbox()[JUPYTER_DISPLAY]()), ['text/html', 'text/plain']);
      assert.deepEqual(front.opened, []);
    } finally {
      delete process.env['IEKD_FRONT_END'];
      FakeFrontEnd.remove();
    }
  });
});

describe('listeners', () => {
  test('hear what the program sets, once for each other value, until they are taken away', () => {
    const control = rangeSlider({ min: 0, max: 9 });
    const told: unknown[] = [];
    const off = control.onChange((value) => told.push(value));
    control.value = [1, 2];
    control.value = [1, 2];
    off();
    control.value = [3, 4];
    assert.deepEqual(told, [[1, 2]]);
  });

  test('are forgotten when it is closed', () => {
    const control = checkbox();
    control.onChange(() => assert.fail('called'));
    control.close();
    control.value = true;
    control.onChange(() => assert.fail('called'));
    control.value = false;
  });
});

describe('loops', () => {
  let front: FakeFrontEnd;
  beforeEach(() => {
    front = new FakeFrontEnd().install();
  });
  afterEach(() => FakeFrontEnd.remove());

  /** Runs a loop; its values so far, and its end. */
  function follow<T>(values: AsyncIterable<T>, body: (value: T) => Promise<void> | void = () => undefined) {
    const seen: T[] = [];
    const ended = (async () => {
      for await (const value of values) {
        seen.push(value);
        await body(value);
      }
    })();
    return { seen, ended };
  }

  /** The front end answers the question whether it is there: it has followed the link. */
  function answer(): void {
    const links = front.opened.flatMap(
      ({ data }) => (data['state'] as { readonly target?: readonly string[] }).target?.[0] ?? [],
    );
    front.says(String(links[0]).replace('IPY_MODEL_', ''), { method: 'update', state: { width: '1px' } });
  }

  test('begin with the value of now, pass over what came while they were at work, end when it is closed', async () => {
    const control = slider({ min: 0, max: 9 });
    const { seen, ended } = follow(control, () => turn());
    for (const value of [1, 2, 3]) control.value = value;
    await turn();
    await turn();
    control.value = 4;
    control.close();
    await ended;
    assert.deepEqual(seen, [0, 3, 4]);
  });

  test('hear a change made in their first turn', async () => {
    const control = slider({ min: 0, max: 9 });
    const { seen, ended } = follow(control, (value) => {
      if (value === 0) control.value = 5;
      else control.close();
    });
    await ended;
    assert.deepEqual(seen, [0, 5]);
  });

  test('end at an interrupt', async () => {
    const { seen, ended } = follow(checkbox());
    await turn();
    interruptSignal().request('interrupted');
    try {
      await ended;
      assert.deepEqual(seen, [false]);
    } finally {
      interruptSignal().reset();
    }
  });

  test('end after the first value in a script', async () => {
    FakeFrontEnd.remove();
    const { seen, ended } = follow(checkbox());
    await ended;
    assert.deepEqual(seen, [false]);
  });

  test('end after 30 s where no front end answers', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const { seen, ended } = follow(checkbox());
      await turn();
      mock.timers.tick(30_000);
      await ended;
      assert.deepEqual(seen, [false]);
      assert.equal(front.closed.length, 3);
    } finally {
      mock.timers.reset();
    }
  });

  test('go on where one has answered, which is asked once', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const control = slider({ min: 0, max: 9 });
      const first = follow(control);
      const second = follow(control);
      await turn();
      assert.equal(front.opened.length, 3);
      answer();
      await turn();
      assert.equal(front.closed.length, 3);
      mock.timers.tick(60_000);
      control.value = 7;
      await turn();
      control.close();
      await Promise.all([first.ended, second.ended]);
      assert.deepEqual(
        [first.seen, second.seen],
        [
          [0, 7],
          [0, 7],
        ],
      );
    } finally {
      mock.timers.reset();
    }
  });

  test('of clicks have their count', async () => {
    const go = button({ label: 'Go' });
    go[JUPYTER_DISPLAY]();
    const heard: string[] = [];
    go.onClick(() => heard.push('click'));
    const { seen, ended } = follow(go.clicks);
    await turn();
    const click = { method: 'custom', content: { event: 'click' } };
    for (const message of [click, { method: 'custom', content: 'click' }, { method: 'custom' }, click]) {
      front.says(front.opened[2]?.id as string, message);
      await turn();
    }
    go.disabled = true;
    front.says(front.opened[2]?.id as string, click);
    await turn();
    go.close();
    await ended;
    assert.deepEqual(
      [seen, heard],
      [
        [0, 1, 2],
        ['click', 'click'],
      ],
    );
  });
});
