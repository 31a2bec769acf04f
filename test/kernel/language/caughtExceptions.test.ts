/** Whether the function at a place of a text catches what is thrown there; the place is that of `HERE`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isCaught } from 'iekd/dist/kernel/language/caughtExceptions';

const TEXTS: readonly (readonly [string, boolean])[] = [
  ['HERE;', false],
  ['try { HERE; } catch {}', true],
  ['try {\n  if (a) {\n    HERE;\n  }\n} catch (error) {\n  b(error);\n}', true],
  ['try { a(); } catch { HERE; }', false],
  ['try { HERE; } finally { a(); }', false],
  ['try { try { HERE; } finally { a(); } } catch {}', true],
  ['try { a(); } catch {} finally { HERE; }', false],
  ['try { const f = () => HERE; } catch {}', false],
  ['try { [1].map(function () { HERE; }); } catch {}', false],
  ['try { class A { static { HERE; } } } catch {}', false],
  ['const f = async (x: number): Promise<void> => { try { await HERE; } catch {} };', true],
  ['const a = <number>b; try { HERE', false],
];

describe('caught exceptions', () => {
  for (const [text, expected] of TEXTS) {
    it(JSON.stringify(text), () => {
      const before = text.slice(0, text.indexOf('HERE')).split('\n');
      assert.equal(isCaught(text, before.length, (before.at(-1)?.length ?? 0) + 1), expected);
    });
  }
  it('a place that is none', () => assert.equal(isCaught('a', 9, 1), false));
});
