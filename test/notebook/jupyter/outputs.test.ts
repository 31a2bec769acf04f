/** Published messages become the outputs of the cells they belong to. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonObject } from 'iekd/dist/kernel/server/wire/protocol';
import { PROGRESS_MIME, type Progress } from 'iekd/dist/notebook/display/progress';
import { outputCollector } from 'iekd/dist/notebook/jupyter/outputs';
import { codeCell } from '../cells';

/** Type, content and, for what is not of the running cell, the request. */
type Published = readonly [string, JsonObject, (string | undefined)?];

const stream = (name: string, text: string, parent?: string): Published => ['stream', { name, text }, parent];
const show = (text: string, id?: string): Published => [
  'display_data',
  { data: { 'text/plain': text }, metadata: { m: 1 }, transient: id ? { display_id: id } : {} },
];
const update = (text: string, id: string): Published => [
  'update_display_data',
  { data: { 'text/plain': text }, metadata: { m: 2 }, transient: { display_id: id } },
];
const streamed = (name: string, text: string) => ({ output_type: 'stream', name, text });
const shown = (text: string, m = 1) => ({ output_type: 'display_data', data: { 'text/plain': text }, metadata: { m } });

/** Takes the messages while the second of two cells runs. */
function collect(messages: readonly Published[]) {
  const progress: Progress[] = [];
  const [earlier, running] = [codeCell('1'), codeCell('2')];
  const outputs = outputCollector((state) => progress.push(state));
  outputs.begin('r1', earlier);
  outputs.begin('r2', running);
  for (const [type, content, parentId = 'r2'] of messages) outputs.take({ id: '', type, parentId, content });
  return { earlier: earlier.outputs, running: running.outputs, progress };
}

const CASES: readonly (readonly [string, readonly Published[], readonly object[]])[] = [
  ['joins what goes to one stream', [stream('stdout', 'a'), stream('stdout', 'b\n')], [streamed('stdout', 'ab\n')]],
  [
    'keeps the order of two streams',
    [stream('stdout', 'a'), stream('stderr', 'b'), stream('stdout', 'c')],
    [streamed('stdout', 'a'), streamed('stderr', 'b'), streamed('stdout', 'c')],
  ],
  [
    'does not join over a display',
    [stream('stdout', 'a'), show('x'), stream('stdout', 'b')],
    [streamed('stdout', 'a'), shown('x'), streamed('stdout', 'b')],
  ],
  [
    'updates the display of an id, not its neighbours',
    [show('x', 'i'), show('y', 'j'), update('z', 'i')],
    [shown('z', 2), shown('y')],
  ],
  ['updates every display of an id', [show('x', 'i'), show('x', 'i'), update('z', 'i')], [shown('z', 2), shown('z', 2)]],
  ['an update of an unknown id shows nothing', [update('z', 'k')], []],
  ['clears at once', [show('x'), ['clear_output', { wait: false }]], []],
  [
    'clears when the next output comes',
    [stream('stdout', 'x'), ['clear_output', { wait: true }], stream('stdout', 'y')],
    [streamed('stdout', 'y')],
  ],
  ['waits with clearing for the next output', [show('x'), ['clear_output', { wait: true }]], [shown('x')]],
  [
    'takes errors',
    [['error', { ename: 'E', evalue: 'v', traceback: ['E: v'] }]],
    [{ output_type: 'error', ename: 'E', evalue: 'v', traceback: ['E: v'] }],
  ],
  [
    'takes results with their count',
    [['execute_result', { data: { 'text/plain': '42' }, metadata: {}, execution_count: 7 }]],
    [{ output_type: 'execute_result', data: { 'text/plain': '42' }, metadata: {}, execution_count: 7 }],
  ],
  [
    'a count that is none is none',
    [['execute_result', { data: {}, metadata: {}, execution_count: 'many' }]],
    [{ output_type: 'execute_result', data: {}, metadata: {}, execution_count: null }],
  ],
  [
    'keeps of data what a notebook may hold: text, or JSON under a name of JSON',
    [['display_data', { data: { 'text/plain': 7, 'text/html': '<b>', 'application/x+json': [1], 'application/json': null } }]],
    [
      {
        output_type: 'display_data',
        data: { 'text/html': '<b>', 'application/x+json': [1], 'application/json': null },
        metadata: {},
      },
    ],
  ],
  [
    'the clearing of a stream takes what was joined before',
    [stream('stdout', 'a'), ['clear_output', { wait: false }], stream('stdout', 'b'), stream('stdout', 'c')],
    [streamed('stdout', 'bc')],
  ],
  [
    'leaves comms and welcomes',
    [
      ['comm_open', { comm_id: 'c' }],
      ['iopub_welcome', { subscription: '' }, ''],
    ],
    [],
  ],
  ['leaves other messages', [['status', { execution_state: 'idle' }], stream('stdout', 'x', 'r9')], []],
];

describe('outputs', () => {
  for (const [name, messages, expected] of CASES) {
    it(name, () => assert.deepEqual(collect(messages).running, expected));
  }

  it('gives an earlier cell what its timers write later, and updates its displays', () => {
    const { earlier, running } = collect([
      ['display_data', { data: { 'text/plain': 'x' }, metadata: { m: 1 }, transient: { display_id: 'i' } }, 'r1'],
      stream('stdout', 'late', 'r1'),
      update('z', 'i'),
    ]);
    assert.deepEqual(earlier, [shown('z', 2), streamed('stdout', 'late')]);
    assert.deepEqual(running, []);
  });

  it('keeps 2,000 outputs of a cell, errors and results besides, and says how many more there were', () => {
    const turns = Array.from({ length: 3_000 }, (_, i) => stream(i % 2 ? 'stdout' : 'stderr', `${i}`));
    const failure: Published = ['error', { ename: 'E', evalue: 'v', traceback: [] }];
    const { running } = collect([...turns, failure, show('never')]);
    assert.equal(running.length, 2_002);
    assert.deepEqual({ ...running[1_999] }, streamed('stdout', '1999'));
    assert.deepEqual({ ...running[2_000] }, streamed('stderr', '… 1,001 more outputs are left out …\n'));
    assert.equal(running[2_001]?.output_type, 'error');
    const again = collect([...turns, ['clear_output', { wait: true }], stream('stdout', 'x')]);
    assert.deepEqual(again.running, [streamed('stdout', 'x')]);
  });

  it('tells the count of a cell that has begun', () => {
    const cell = codeCell('1');
    const outputs = outputCollector(() => undefined);
    outputs.begin('r', cell);
    outputs.take({ id: '', type: 'execute_input', parentId: 'r', content: { code: '1', execution_count: 3 } });
    assert.equal(cell.execution_count, 3);
  });

  it('passes progress on and keeps none; what is no progress is dropped', () => {
    const state = { stage: 's', done: 1, total: 2, unit: 'u', rate: 0, etaSeconds: null, note: '' };
    const data = { 'text/plain': 'x', [PROGRESS_MIME]: state };
    const strange = { 'text/plain': 'y', [PROGRESS_MIME]: { done: 'many' } };
    const { running, progress } = collect([
      ['display_data', { data, metadata: { m: 1 } }],
      ['display_data', { data: strange, metadata: { m: 1 } }],
    ]);
    assert.deepEqual(running, [shown('x'), shown('y')]);
    assert.deepEqual(progress, [state]);
  });
});
