/** Cells in order, each with its value in V8's REPL mode or with what the compiler says of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openNotebook } from './replMode';

const LOCAL = 'export const one = 1; export function two(): number { return 2; } export type Three = 3; export default 4;';
/** What main makes of it. */
const LOCAL_JS = 'exports.__esModule = true; exports.one = 1; exports.two = () => 2; exports.default = 4;';

type Step = readonly [source: string, value: unknown];

const TABLE: Readonly<Record<string, readonly Step[]>> = {
  'the last expression is the value': [
    ['1 + 1', 2],
    ["'text'", 'text'],
    ['const a = 3;', undefined],
    ['a * 2;;', 6],
    ['if (a > 1) a;', undefined],
    ['', undefined],
    ['// a comment', undefined],
    ['/* a */ a // b', 3],
  ],
  'await anywhere': [
    ['await (Promise.resolve(5))', 5],
    ['await [Promise.resolve(4)][0]', 4],
    ['await\n(Promise.resolve(1))', 1],
    ['const got: number[] = [];\nfor await (const x of [1, Promise.resolve(2)]) got.push(x);\ngot.length', 2],
    ['if (true) {\n  await 0;\n}\nawait (async () => 6)()', 6],
  ],
  'earlier names': [
    ['const a = 1; let b = 2; function f(n: number) { return n + b; } class A { m = 4; } enum E { P = 7 }', undefined],
    ['interface I { i: number } type T = I | string; namespace N { export const z = 5; export interface J { j: 1 } }', undefined],
    ['f(a) + new A().m + E.P + N.z', 19],
    ["const i: I = { i: 1 }; const t: T = 'x'; const j: N.J = { j: 1 }; i.i + t + j.j", '1x1'],
    ['b = 10; f(0)', 10],
    ['a = 2', "1:1 2588 Cannot assign to 'a' because it is a constant."],
    ["b = 'x'", "1:1 2322 Type 'string' is not assignable to type 'number'."],
    ['const { m, ...rest } = { m: 1, n: 2 }, [p, , q = 3] = [1, 2] as number[];', undefined],
    ['[m, rest.n, p, q].join()', '1,2,1,3'],
    ['const out = { a, b }; out.a + out.b', 11],
    ['class B extends A { n = 5 }; const { m: inherited } = new B(); inherited', 4],
    ['let timer;', undefined],
    ['timer = 5; timer', 5],
    ['const fresh: unique symbol = Symbol(); const keyed = { [fresh]: 3 };', undefined],
    ['keyed[fresh]', 3],
    ['function sure(x: unknown): asserts x is string { if (typeof x !== "string") throw x; }', undefined],
    ["const s: unknown = 'abc'; sure(s); s.length", 3],
  ],
  'functions come first and keep their names': [
    ['early(2); function early(n: number): number { return n > 0 ? early(n - 1) : 9; }', undefined],
    ['early(3) + early.name', '9early'],
    ['async function later() { return 1; }\nfunction* some() { yield 2; }\n[await later(), ...some()].join()', '1,2'],
    ['function over(a: string): string;\nfunction over(a: number): number;\nfunction over(a: unknown) { return a; }\nover(4)', 4],
    ['function both() { return 1; }\nnamespace both { export const more = 2; }\nboth() + both.more', 3],
  ],
  'var belongs to the whole cell': [
    ['var k = 1; for (var i = 0; i < 3; i++) k += i;\nk + i', 7],
    [
      'for (var key in { a: 1 }) {}\nfor (var [one] of [[5]]) {}\ntry { var { u, v: [w = 5], ...more } = { u: 1, v: [] as number[], z: 3 }; } finally {}',
      undefined,
    ],
    ['[key, one, k, i, u, w, more.z].join()', 'a,5,4,3,1,5,3'],
    ['{ var blocked = 2; var blocked = 3; }\nblocked', 3],
    ['switch (k) { case 4: var switched = 1 }\nlabel: for (var x of [1]) { continue label; }', undefined],
    ['switched + x', 2],
  ],
  imports: [
    ["import { join, sep as s, type ParsedPath } from 'node:path';\nimport fs from 'fs';\nimport * as os from 'os';", undefined],
    ["join('a', 'b') + s + typeof fs.readFileSync + typeof os.cpus", 'a/b/functionfunction'],
    ["import url = require('node:url'); typeof url.parse", 'function'],
    ["import path, { basename } from 'node:path'; path.join(basename('/x/y'), 'z')", 'y/z'],
    ["import 'node:os';", undefined],
    ["import type { Stats } from 'node:fs'; const size = (of: Stats) => of.size;", undefined],
    ["export { dirname as up } from 'node:path'; export * as paths from './local'; export * from './local';", undefined],
    ["up('/a/b') + paths.one + one + two()", '/a112'],
    ["import data from './data.json'; data.list[1]", 2],
    ["const dynamic = await import('node:path'); dynamic.sep", '/'],
    ["import { absent } from 'node:path'", "1:10 2305 Module '\"node:path\"' has no exported member 'absent'."],
    ["\nimport { a } from './nowhere'", "2:19 2307 Cannot find module './nowhere' or its corresponding type declarations."],
    ['import.meta.filename.length > 5 && import.meta.url.startsWith("file:")', true],
  ],
  exports: [
    ['export const a = 1, b = 2; export function f() { return a + b; } export class C { c = 3 }', undefined],
    ['a + f() + new C().c', 7],
    ['export default a + 5', 6],
    ['export default function named() { return 8; }\nnamed()', 8],
    ['export default class { d = 9 }\n0', 0],
    ['export { a as other, f }; export type { C as D };', undefined],
    ['const d: D = new C(); other + d.c', 4],
    ['const l = 4; export { l, l as ll };', undefined],
    ['l + ll', 8],
    ['export type T = 1; export interface I { a: T }', undefined],
    ['const i: I = { a: 1 }; i.a', 1],
  ],
  'using, decorators, enums': [
    ['const log: string[] = [];', undefined],
    ["{ using a = { [Symbol.dispose]() { log.push('a'); } }; log.push('in'); }\nlog.join()", 'in,a'],
    [
      "using r = { [Symbol.dispose]() { log.push('r'); }, v: 4 };\nawait using q = { async [Symbol.asyncDispose]() { log.push('q'); } };\nr.v",
      4,
    ],
    ['log.join() + r.v', 'in,a,q,r4'],
    ['function twice(m: (n: number) => number, _: ClassMethodDecoratorContext) { return (n: number) => 2 * m(n); }', undefined],
    ['class D { @twice f(n: number) { return n; } }\nnew D().f(4)', 8],
    [
      'const sealed = (c: unknown, _: ClassDecoratorContext) => void log.push(typeof c); @sealed class S { static n = S.name; }\nS.n',
      'S',
    ],
    ['enum Colour { Red, Green = 5 } const enum Fast { A = 3 }\nColour[5] + Colour.Red + Fast.A', 'Green03'],
    ['Colour.Green + Fast.A', 8],
    ['// @ts-nocheck\nlet unchecked: number = "s"; unchecked', 's'],
    ['let checked = 1; // @ts-nocheck\nchecked.x', "2:9 2339 Property 'x' does not exist on type 'number'."],
    ['/[\\p{L}--[a-z]]/v.test("A")', true],
    ['const o = { a: 1 } satisfies Record<string, number>; o?.a ?? 2', 1],
  ],
  'what it refuses': [
    ['const n: number = 1;\nconst text: string = n;', "2:7 2322 Type 'number' is not assignable to type 'string'."],
    ['const count = 3;', undefined],
    ['conut + 1', "1:1 2552 Cannot find name 'conut'. Did you mean 'count'?"],
    ["'a'.lenght", "1:5 2551 Property 'lenght' does not exist on type '\"a\"'. Did you mean 'length'?"],
    ['if (true) {\n  f();', "2:7 1005 '}' expected.\n  line 1: The parser expected to find a '}' to match the '{' token here."],
    ['const = 1', '1:7 1134 Variable declaration expected.\n1:9 1134 Variable declaration expected.'],
    ['f(', "1:3 1005 ')' expected."],
    [
      'interface P { x: { y: number } }\nconst p: P = { x: { y: "1" } };',
      "2:21 2322 Type 'string' is not assignable to type 'number'.\n  line 1: The expected type comes from property 'y' which is declared here on type '{ y: number; }'",
    ],
    ['interface P { x: number }\nconst wide = { x: "1" };', undefined],
    [
      'const p: P = wide;',
      "1:7 2322 Type '{ x: string; }' is not assignable to type 'P'.\n  Types of property 'x' are incompatible.\n    Type 'string' is not assignable to type 'number'.",
    ],
    ['class Net { depth = 1 }; const net = new Net();', undefined],
    [
      'class Net { width = 1 }; const other: Net = net;',
      "1:32 2741 Property 'width' is missing in type 'Net (cell 11)' but required in type 'Net (this cell)'.\n  line 1: 'width' is declared here.",
    ],
    ['wide.y', "1:6 2339 Property 'y' does not exist on type '{ x: string; }'."],
    ['await wrong(', "1:13 1005 ')' expected."],
    [
      'let a = 1; let a = 2;',
      "1:5 2451 Cannot redeclare block-scoped variable 'a'.\n1:16 2451 Cannot redeclare block-scoped variable 'a'.",
    ],
    ['💥', '1:1 1127 Invalid character.'],
    ['const wrong: number = "é💥"; 1', "1:7 2322 Type 'string' is not assignable to type 'number'."],
    ['"💥".nope', "1:6 2339 Property 'nope' does not exist on type '\"💥\"'."],
  ],
  'nothing of a refused cell lasts, nor of one that only looks': [
    ['const kept = 1; const bad: string = kept;', "1:23 2322 Type 'number' is not assignable to type 'string'."],
    ['kept', "1:1 2304 Cannot find name 'kept'."],
  ],
  'a global declaration lasts': [
    [
      'declare global { interface Array<T> { second(): T } }\nArray.prototype.second = function () { return this[1]; };\nvoid 0',
      undefined,
    ],
    ["[1, 2].second() + ''.length", 2],
  ],
};

for (const [name, steps] of Object.entries(TABLE)) {
  describe(name, () => {
    const notebook = openNotebook({ 'data.json': '{ "list": [1, 2] }', 'local.ts': LOCAL, 'local.js': LOCAL_JS });
    steps.forEach(([source, value], i) => {
      it(`${i + 1}: ${JSON.stringify(source)}`, async () => assert.deepEqual(await notebook.run(source), value));
    });
    it('removes its folder', () => notebook.remove());
  });
}
