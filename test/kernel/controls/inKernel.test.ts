/** Controls in the kernel as Jupyter starts it, before a client that plays a front end with widgets, and without one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { JsonObject, Message } from 'iekd/dist/kernel/server/wire/protocol';
import { outputsOf, runCells, said } from '../../notebook/cells';
import { startWidgetKernel, WIDGET_VIEW, type WidgetKernel } from './widgetKernel';

const textOf = (published: readonly Message[]): string =>
  published
    .filter(({ type }) => type === 'stream')
    .map(({ content }) => String(content['text']))
    .join('');
const dataOf = ({ content }: Message): JsonObject => content['data'] as JsonObject;
const viewOf = (message: Message | undefined): unknown =>
  (message && (dataOf(message)[WIDGET_VIEW] as JsonObject | undefined))?.['model_id'];

describe('controls before a front end with widgets', () => {
  let kernel: WidgetKernel;
  let rate: string;
  before(async () => {
    kernel = await startWidgetKernel();
    await kernel.execute("import { box, button, interact, progress, slider } from 'iekd';");
  });
  after(() => kernel.close());

  /** Waits for a message of a comm from the kernel. */
  const answer = (id: string, method: string, place = 0): Promise<Message> => {
    const all = (): Message[] => kernel.heard(id).filter((message) => dataOf(message)['method'] === method);
    const fits = (message: Message): boolean => message === all()[place];
    return kernel.client.find(fits, `${method} of ${id}`);
  };
  /** Once a cell has printed something. */
  const printed = (id: string, text: string): Promise<Message> =>
    kernel.client.find(() => textOf(kernel.client.published(id)).includes(text), `a cell that prints ${text}`, 60_000);

  it('a control is opened by protocol 2.1.0 after the models that it refers to, and its cell shows a view of it', async () => {
    const { published } = await kernel.execute("const rate = slider({ min: 0, max: 1, value: 0.1, label: 'rate' });\nrate");
    const opened = published.filter(({ type }) => type === 'comm_open');
    assert.deepEqual(
      opened.map(({ content, metadata }) => [content['target_name'], metadata]),
      Array.from({ length: 3 }, () => ['jupyter.widget', { version: '2.1.0' }]),
    );
    const models = kernel.models();
    assert.deepEqual(
      models.map(({ state }) => state['_model_name']),
      ['LayoutModel', 'SliderStyleModel', 'FloatSliderModel'],
    );
    const [layout, style, model] = models.map(({ id }) => id);
    rate = String(model);
    assert.deepEqual(
      [models[2]?.state['layout'], models[2]?.state['style'], models[2]?.state['value']],
      [`IPY_MODEL_${layout}`, `IPY_MODEL_${style}`, 0.1],
    );
    const result = published.find(({ type }) => type === 'execute_result');
    assert.equal(viewOf(result), rate);
    assert.equal(result && dataOf(result)['text/plain'], 'rate: 0.1');
    const { reply } = await kernel.client.ask('comm_info_request', { target_name: 'jupyter.widget' });
    const listed = models.map(({ id }) => [id, { target_name: 'jupyter.widget' }]);
    assert.deepEqual(reply.content['comms'], Object.fromEntries(listed));
  });

  it('a change arrives while a cell awaits, is echoed, and ends its loop', async () => {
    const cell = kernel.client.send('execute_request', {
      code: "for await (const value of rate) {\n  console.log('is', value);\n  if (value === 0.5) break;\n}\nconsole.log('over');",
      silent: false,
    });
    await printed(cell, 'is 0.1');
    const change = kernel.sets(rate, { value: 0.5 });
    const echo = await answer(rate, 'echo_update');
    assert.deepEqual([echo.parentId, dataOf(echo)], [change, { method: 'echo_update', state: { value: 0.5 }, buffer_paths: [] }]);
    await kernel.client.idle(change);
    const [reply] = await Promise.all([kernel.client.reply(cell), kernel.client.idle(cell)]);
    assert.equal(reply.content['status'], 'ok');
    assert.equal(textOf(kernel.client.published(cell)), 'is 0.1\nis 0.5\nover\n');
  });

  it('a value out of range is answered by the one that holds', async () => {
    const change = kernel.sets(rate, { value: 7 });
    const update = await answer(rate, 'update');
    assert.deepEqual([update.parentId, dataOf(update)['state']], [change, { value: 0.5 }]);
    const { reply } = await kernel.execute('rate.value = 7;');
    assert.deepEqual(
      [reply.content['ename'], reply.content['evalue']],
      ['InputError', 'slider: expected a number in [0, 1], received 7'],
    );
  });

  it('a value has a type', async () => {
    const { reply } = await kernel.execute('const text: string = rate.value;');
    assert.match(String(reply.content['evalue']), /^cell \d+, line 1: Type 'number' is not assignable to type 'string'\.$/);
  });

  it('what the program sets is told', async () => {
    await kernel.execute('rate.value = 0.25;');
    const update = await answer(rate, 'update', 1);
    assert.deepEqual(dataOf(update)['state'], { value: 0.25 });
  });

  it('an interrupt ends a loop that waits for the next value', async () => {
    const code = "for await (const value of rate) console.log('waits at', value);\nconsole.log('over');";
    const cell = kernel.client.send('execute_request', { code, silent: false });
    await printed(cell, 'waits at 0.25');
    await kernel.client.ask('interrupt_request', {}, { channel: 'control' });
    const [reply] = await Promise.all([kernel.client.reply(cell), kernel.client.idle(cell)]);
    assert.equal(reply.content['ename'], 'Interrupted');
    assert.match(textOf(kernel.client.published(cell)), /waits at 0[.]25\n(.*\n)?over\n$/);
  });

  it('a front end that comes later is sent all models', async () => {
    const control = 'a-control-comm';
    kernel.client.send('comm_open', { comm_id: control, target_name: 'jupyter.widget.control', data: {} });
    const asked = kernel.says(control, { method: 'request_states' });
    const states = await answer(control, 'update_states');
    assert.equal(states.parentId, asked);
    const all = dataOf(states)['states'] as Record<string, JsonObject>;
    assert.deepEqual(
      Object.keys(all),
      kernel.models().map(({ id }) => id),
    );
    const { model_name: name, state } = all[rate] as { readonly model_name: string; readonly state: JsonObject };
    assert.deepEqual([name, state['value']], ['FloatSliderModel', 0.25]);
  });

  it('interact shows what its function prints, shows and returns, anew after a change', async () => {
    const id = kernel.client.send('execute_request', {
      code: [
        'await interact(({ n, kind }) => {\n  console.log(kind, n);\n  display(new Map([[kind, n]]));\n  return 10 * n;',
        "}, { n: slider({ min: 1, max: 9, step: 1, label: 'n' }), kind: ['linear', 'log'] });",
      ].join('\n'),
      silent: false,
    });
    await Promise.all([kernel.client.reply(id), kernel.client.idle(id)]);
    const shown = kernel.client.published(id).filter(({ type }) => type === 'display_data');
    const texts = (messages: readonly Message[]): unknown[] => messages.map((message) => dataOf(message)['text/plain']);
    assert.deepEqual(texts(shown), ['n: 1\nkind: linear', 'linear 1\n', "Map(1) { 'linear' => 1 }", '10']);
    const { id: model } = await kernel.model('n');
    kernel.sets(model, { value: 4 });
    const updates = (): Message[] => kernel.client.published(id).filter(({ type }) => type === 'update_display_data');
    await kernel.client.find(() => updates().length === 3, 'three updates');
    assert.deepEqual(texts(updates()), ['linear 4\n', "Map(1) { 'linear' => 4 }", '40']);
    const places = (messages: readonly Message[]): unknown[] => messages.map(({ content }) => content['transient']);
    assert.deepEqual(places(updates()), places(shown.slice(1)));
  });

  it('a training is paused, changed by hand, and stopped', async () => {
    const id = kernel.client.send('execute_request', { code: TRAINING, silent: false });
    const { id: pause } = await kernel.model('Pause');
    await printed(id, 'step 2 at 0.1');
    kernel.clicks(pause);
    await kernel.client.find(() => kernel.heard(pause).some((message) => stateOf(message)['description'] === 'Go on'), 'a pause');
    const before = textOf(kernel.client.published(id));
    const { id: bound } = await kernel.model('learning rate');
    kernel.sets(bound, { value: 0.05 });
    await answer(bound, 'echo_update');
    await new Promise((done) => setTimeout(done, 300));
    assert.equal(textOf(kernel.client.published(id)), before);
    kernel.clicks(pause);
    const steps = before.trim().split('\n').length;
    await printed(id, `step ${steps + 2} at 0.05`);
    kernel.clicks((await kernel.model('Stop')).id);
    const [reply] = await Promise.all([kernel.client.reply(id, 60_000), kernel.client.idle(id, 60_000)]);
    assert.equal(reply.content['status'], 'ok');
    const lines = textOf(kernel.client.published(id)).trim().split('\n');
    assert.equal(
      lines.at(-1),
      `stopped by its button [{"stage":"student","step":${steps + 1},"setting":"learningRate","value":0.05}]`,
    );
    assert.deepEqual(lines.slice(steps - 1, steps + 1), [`step ${steps} at 0.1`, `step ${steps + 1} at 0.05`]);
  });
});

const stateOf = (message: Message): JsonObject => (dataOf(message)['state'] as JsonObject | undefined) ?? {};

/** Many epochs of a few images: it ends when it is stopped. */
const TRAINING = `import { buildNetwork, liveTraining, loadDataset, random, start, supervised, train } from 'iekd';
import type { TrainingEvent } from 'iekd';
await start({ engine: 'portable' });
const data = await loadDataset('fashion-mnist', { train: 64, validation: 0, test: 8 });
const student = buildNetwork({ name: 'resnet8', classes: 10, input: [32, 32, 1] }, random(0));
const bound = slider({ min: 1e-4, max: 1, value: 0.1, scale: 'log', label: 'learning rate' });
display(bound);
const steps = (event: TrainingEvent) => {
  if (event.kind === 'step') console.log('step', event.step, 'at', event.learningRate);
};
const options = { student, method: supervised(), data, training: { epochs: 1000, learningRate: 0.1, batch: 8 } };
const { stopped, adjusted } = await train({ ...options, adjust: { learningRate: bound }, listeners: [liveTraining(), steps] });
console.log('stopped', stopped, JSON.stringify(adjusted));`;

describe('controls where nobody looks', () => {
  it('show their last state, open no comm, and end their loops', async () => {
    const cells = [
      "import { interact, slider } from 'iekd';\nconst rate = slider({ min: 0, max: 1, value: 0.1, label: 'rate' });\nrate",
      "for await (const value of rate) console.log('is', value);\nrate.value = 0.2;\nrate",
      'await interact(({ n }) => 10 * n, { n: 3 });',
      'interact(({ n }) => 10 * n, { n: 3 })',
    ];
    const result = await runCells(cells);
    assert.equal(result.failure, undefined);
    assert.deepEqual(said(result, 0), ['rate: 0.1']);
    assert.deepEqual(said(result, 1), ['stdout: is 0.1\n', 'rate: 0.2']);
    assert.deepEqual(said(result, 2), ['n: 3', '30']);
    assert.deepEqual(said(result, 3), ['n: 3', '30', '']);
    const types = [0, 1, 2]
      .flatMap((i) => outputsOf(result, i))
      .flatMap((output) => ('data' in output ? Object.keys(output.data) : []));
    assert.deepEqual([...new Set(types)].sort(), ['text/html', 'text/plain']);
  });
});
