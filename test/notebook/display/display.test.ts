/** Displays, their slots, and what a terminal sees of them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { createSlot, display, escapeHtml, inNotebook, useDisplayWriter } from 'iekd/dist/notebook/display/display';
import {
  isProgress,
  PROGRESS_MIME,
  type Progress,
  progressBar,
  progressHtml,
  progressText,
} from 'iekd/dist/notebook/display/progress';
import { FakeFrontEnd } from '../../kernel/controls/fakeFrontEnd';
import { ROOT } from '../cells';
import { shown } from '../shown';

describe('display', () => {
  it('shows once, without a slot', async () => {
    const messages = await shown(() => display({ 'text/plain': 'a', 'text/html': '<b>a</b>' }, { 'image/png': { width: 1 } }));
    const data = { 'text/plain': 'a', 'text/html': '<b>a</b>' };
    assert.deepEqual(messages, [{ data, metadata: { 'image/png': { width: 1 } }, update: false, final: true }]);
  });

  it('a slot keeps its name and updates after the first time', async () => {
    const messages = await shown(() => {
      const [a, b] = [createSlot(), createSlot()];
      a.show({ 'text/plain': '1' });
      b.show({ 'text/plain': '2' });
      a.show({ 'text/plain': '3' }, { final: true });
    });
    const [first, second, third] = messages;
    assert.match(first?.slot ?? '', /^[0-9a-f]{16}$/);
    assert.notEqual(first?.slot, second?.slot);
    assert.equal(third?.slot, first?.slot);
    assert.deepEqual(
      messages.map(({ update, final }) => [update, final]),
      [
        [false, false],
        [false, false],
        [true, true],
      ],
    );
  });

  it('goes to the kernel where that offers its displays', () => {
    const { displays } = new FakeFrontEnd().install();
    assert.ok(inNotebook());
    try {
      display({ 'text/plain': 'once' });
      const slot = createSlot();
      for (const text of ['a', 'b']) slot.show({ 'text/plain': text });
    } finally {
      FakeFrontEnd.remove();
    }
    const [once, first, second] = displays;
    assert.deepEqual(once, { data: { 'text/plain': 'once' }, id: undefined, update: undefined });
    assert.deepEqual([first?.data, first?.update], [{ 'text/plain': 'a' }, false]);
    assert.deepEqual(second, { data: { 'text/plain': 'b' }, id: first?.id, update: true });
    assert.equal(inNotebook(), false);
  });

  it('puts the writer before back', () => {
    const writer = (): void => undefined;
    assert.equal(useDisplayWriter(writer), undefined);
    assert.equal(useDisplayWriter(undefined), writer);
  });

  it('a terminal sees what is shown once and the last state of a slot, as text; nothing heavy is loaded for it', () => {
    const script = `
      const { display, createSlot, inNotebook } = require('iekd/dist/notebook/display/display');
      display({ 'text/plain': 'once', 'text/html': '<i>once</i>' });
      const slot = createSlot();
      slot.show({ 'text/plain': 'half' });
      slot.show({ 'text/plain': 'whole' }, { final: true });
      console.log(inNotebook(), Object.keys(require.cache).filter((name) => name.includes('node_modules')).length);`;
    assert.equal(execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' }), 'once\nwhole\nfalse 0\n');
    assert.equal(inNotebook(), false);
  });

  it('escapes text for HTML', () =>
    assert.equal(escapeHtml(`<a href="x" id='y'>&`), '&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;'));
});

const STATE: Progress = {
  stage: 'teacher',
  done: 120,
  total: 470,
  unit: 'steps',
  rate: 2310.4,
  rateUnit: 'images',
  etaSeconds: 41.2,
  note: 'epoch 2 of 6',
};

describe('progress', () => {
  const texts: readonly (readonly [Partial<Progress>, string])[] = [
    [{}, 'teacher  120 / 470 steps · 2,310 images/s · 41 s left · epoch 2 of 6'],
    [{ rate: 0 }, 'teacher  120 / 470 steps · 41 s left · epoch 2 of 6'],
    [{ rate: 4.26, etaSeconds: null, note: '' }, 'teacher  120 / 470 steps · 4.3 images/s'],
    [{ done: 470, total: 470 }, 'teacher  470 / 470 steps · 2,310 images/s · epoch 2 of 6'],
    [{ etaSeconds: Number.NaN, unit: '', note: '' }, 'teacher  120 / 470 · 2,310 images/s'],
    [{ done: 12000, total: 60000 }, 'teacher  12,000 / 60,000 steps · 2,310 images/s · 41 s left · epoch 2 of 6'],
  ];
  for (const [change, text] of texts) it(text, () => assert.equal(progressText({ ...STATE, ...change }), text));

  it('escapes what it is told, and fills the bar to its share', () => {
    const html = progressHtml({ ...STATE, stage: '<script>', note: 'a & b' });
    assert.ok(html.includes('<b>&lt;script&gt;</b>') && html.includes('a &amp; b') && html.includes('width:25.5%'));
    assert.ok(progressHtml({ ...STATE, done: 900 }).includes('width:100.0%'));
    assert.ok(progressHtml({ ...STATE, total: 0 }).includes('width:0.0%'));
  });

  it('is updated no more often than asked, and its last state holds no times', async () => {
    const messages = await shown(() => {
      const bar = progressBar('load', 10, { unit: 'files', everyMs: 60_000 });
      for (let i = 1; i <= 10; i++) bar.update(i, { note: `file ${i}` });
      bar.finish('complete');
    });
    assert.equal(messages.length, 2);
    const last = messages.at(-1);
    assert.equal(last?.final, true);
    assert.equal(last.data['text/plain'], 'load  10 / 10 files · complete');
    const state = { stage: 'load', done: 10, total: 10, unit: 'files', rate: 0, etaSeconds: null, note: 'complete' };
    assert.deepEqual(last.data[PROGRESS_MIME], state);
  });

  it('is recognised by its shape', () => {
    assert.ok(isProgress(STATE));
    for (const wrong of [null, 3, {}, { ...STATE, done: '1' }, { ...STATE, stage: 2 }]) assert.ok(!isProgress(wrong));
  });
});
