/** A cell's name that is also a global: the cells see theirs, all else in the process goes on with the global. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { Script } from 'node:vm';
import { openNotebook } from './replMode';

/** Cells, and the value of the last one. */
const CASES: readonly (readonly [cells: readonly string[], value: unknown])[] = [
  [["import { setTimeout } from 'node:timers/promises';", "await setTimeout(1, 'waited')"], 'waited'],
  [['class Map { own = 1; self() { return Map; } }', 'new Map().own + Number(new Map().self() === Map)'], 2],
  [['class Map {}', 'new Map().constructor.name'], 'Map'],
  [
    [
      'const fetch = () => 3, Date = class {}; let URLSearchParams = async () => {};',
      '[fetch, Date, URLSearchParams].map((one) => one.name).join()',
    ],
    'fetch,Date,URLSearchParams',
  ],
  [['function Set() { return 3; }', 'Set() + Set.name'], '3Set'],
  [['const Promise = 5;', '(async () => 4)().then((n) => n + Promise)'], 9],
  [['let Object = 2, Array = 3;', 'Object++; ({ Object, Array }).Object + Array'], 6],
  [['let Object = 2;', '({ Object } = { Object: 7 }); Object'], 7],
  [['let Object: number | undefined;', 'let rest; ({ Object = 8, ...rest } = {}); Object'], 8],
  [['const { Symbol, a: [Error = 2] } = { Symbol: 1, a: [] as number[] };', 'Symbol + Error'], 3],
  [
    ['var { length: String, ...Number } = [1, 2];', '[String, Reflect.ownKeys(Number)]'],
    [2, ['0', '1']],
  ],
  [['for (var URL = 0; URL < 3; URL++);', 'URL'], 3],
  [["import process from 'node:process';", 'typeof process.cwd()'], 'string'],
  [['enum Date { a = 1, b }', 'Date.b'], 2],
  [['namespace JSON { export const deep = 4; }', 'JSON.deep'], 4],
  [['function f(Math: number) { return { Math, m: Math }; }', 'Math.max(f(1).Math, f(2).m)'], 2],
  [['const Math = { max: 1, Math: 2 };', 'Math.max + Math.Math + { Math: 3 }.Math'], 6],
  [['const self = { self() { return 5; } };', 'self.self()'], 5],
  [
    [
      'class Box { Error = 1; Date() { return 2; } get JSON() { return 3; } }',
      'new Box().Error + new Box().Date() + new Box().JSON',
    ],
    6,
  ],
  [['const Symbol = 1; using r = { [globalThis.Symbol.dispose]() {} };', 'Symbol'], 1],
  [['interface Response { a: 1 }', 'declare const process: { pid: number };', 'process.pid > 0'], true],
  [['const process = 1;', 'declare const process: { pid: number };', 'process.pid > 0'], true],
  [['const __stop = [4], __kernel = 5;', 'for (const n of __stop) __kernel + n; __kernel'], 5],
  [['function ofLater() { return performance; }', 'const performance = 6;', 'typeof ofLater()'], 'object'],
];

describe('names of globals', () => {
  const notebook = openNotebook();
  after(() => notebook.remove());
  for (const [cells, value] of CASES) {
    it(cells.join(' | '), async () => {
      for (const source of cells.slice(0, -1)) assert.equal(await notebook.run(source), undefined);
      assert.deepEqual(await notebook.run(cells.at(-1) as string), value);
      const kinds = new Script('[Map, Set, Object, Array, Promise, process, JSON, setTimeout].map((one) => typeof one).join()');
      assert.equal(kinds.runInThisContext(), 'function,function,function,function,function,object,object,function');
    });
  }
});
