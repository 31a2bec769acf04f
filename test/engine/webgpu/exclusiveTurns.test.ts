/** Waiting for a Dawn that only pretends: it works in callbacks of setImmediate, as its addon does, and needs some turns for a task. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DawnTurns } from 'iekd/dist/engine/webgpu/exclusiveTurns';

/** Counts its own turns; a task is done after three. */
class PretendedDawn {
  turns = 0;
  private waiting: number[] = [];
  private queued = false;

  begin(): { done: () => boolean } {
    const due = this.turns + 3;
    this.waiting.push(due);
    this.schedule();
    return { done: () => this.turns >= due };
  }

  private schedule(): void {
    if (this.queued || this.waiting.length === 0) return;
    this.queued = true;
    setImmediate(() => {
      this.queued = false;
      this.turns++;
      this.waiting = this.waiting.filter((due) => due > this.turns);
      this.schedule();
    });
  }
}

const ended = async (dawn: PretendedDawn, turns: number): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(dawn.turns, turns, 'every turn is taken once');
};

describe('DawnTurns', () => {
  it('finishes a task without leaving the turn of the event loop', async () => {
    const [dawn, turns] = [new PretendedDawn(), new DawnTurns()];
    const task = turns.during(() => dawn.begin());
    assert.equal(task.done(), false);
    turns.until(task.done);
    assert.equal(dawn.turns, 3);
    await ended(dawn, 3);
  });

  it('leaves a task that nobody waits for to the event loop', async () => {
    const [dawn, turns] = [new PretendedDawn(), new DawnTurns()];
    turns.during(() => dawn.begin());
    await ended(dawn, 3);
  });

  it('finishes a second task while the event loop is at a first', async () => {
    const [dawn, turns] = [new PretendedDawn(), new DawnTurns()];
    turns.during(() => dawn.begin());
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(dawn.turns, 1);
    turns.until(turns.during(() => dawn.begin()).done);
    assert.equal(dawn.turns, 4);
    await ended(dawn, 4);
  });

  it('gives setImmediate back, also after an error', () => {
    const before = globalThis.setImmediate;
    const fails = (): never => {
      throw new Error('no');
    };
    assert.throws(() => new DawnTurns().during(fails), /^Error: no$/);
    assert.equal(globalThis.setImmediate, before);
  });

  it('does not wait for what nobody works on', () => {
    const message = 'webgpu: expected Dawn to work on what it was asked for, it has nothing under way';
    assert.throws(() => new DawnTurns().until(() => false), { message });
  });
});
