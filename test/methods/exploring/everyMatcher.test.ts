/**
 * Forms of exploring over every matcher of the table: through the inheritance half's side, a constant, a step is finite and that side is moved
 * by inheritance alone; reversed, where the distance is bounded or the matcher is refused by its name.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { tf } from 'iekd/dist/engine/tf';
import type { Distillation } from 'iekd/dist/methods/distillation';
import { ie } from 'iekd/dist/methods/ie';
import type { Matcher } from 'iekd/dist/methods/matcher';
import { MATCHERS } from 'iekd/dist/methods/matchers/matcherTable';
import { number, smallWorld, type World, weightedSum } from '../../fixtures/methodNetworks';

/** Even channel counts, so that halves are alike. */
const CHANNELS = [4, 6, 8];

let world: World;
before(async () => {
  await tf.setBackend('cpu');
  world = smallWorld({ channels: CHANNELS });
});
after(() => world.dispose());

/** Matchers with a first stage are looked at in their second, where the distance weighs nothing. */
const created = (name: string): Matcher => {
  const { create } = MATCHERS[name] as (typeof MATCHERS)[string];
  return create('pretrain' in create({}).options ? { pretrain: 0 } : {});
};

/** Largest gradients of the exploration terms by the variables of the method; 0: none. */
function explorationGradients(distillation: Distillation): Record<string, number> {
  const list = distillation.variables.parameters();
  const { grads } = tf.variableGrads(
    () => weightedSum(distillation.terms(world.step(distillation)).filter(({ name }) => name.startsWith('exploration'))),
    [...world.student.variables.parameters(), ...list].map(({ variable }) => variable),
  );
  return Object.fromEntries(
    list.map(({ name, variable }) => {
      const gradient = grads[variable.name];
      return [name, gradient ? number(tf.max(tf.abs(gradient))) : 0];
    }),
  );
}

describe('shared: finite, and nothing that learns with the method is moved by exploration', () => {
  for (const name of Object.keys(MATCHERS)) {
    test(name, () => {
      const distillation = world.bind(ie(created(name), { explore: { how: 'shared' } }));
      tf.tidy(() => {
        const terms = distillation.terms(world.step(distillation));
        assert.ok(terms.some((term) => term.name.startsWith('exploration')));
        for (const { value } of terms) assert.ok(Number.isFinite(number(value)));
        const moved = Object.entries(explorationGradients(distillation)).filter(([, size]) => size !== 0);
        assert.deepEqual(moved, []);
      });
    });
  }
});

/** Those whose distance is bounded, which a map behind a reversal cannot raise without end. */
const BOUNDED = ['at', 'cc', 'dist-feature', 'feed', 'ft', 'nst', 'sp'];

describe('reversed: where the distance has a bound', () => {
  for (const name of Object.keys(MATCHERS)) {
    test(name, () => {
      const make = () => world.bind(ie(created(name), { explore: { how: 'reversed' } }));
      if (BOUNDED.includes(name)) {
        const distillation = make();
        tf.tidy(() => {
          for (const { value } of distillation.terms(world.step(distillation))) assert.ok(Number.isFinite(number(value)));
          assert.ok(Object.values(explorationGradients(distillation)).every(Number.isFinite));
        });
      } else {
        const received = `${name}, which negates a distance without stating its bound`;
        const hint = 'the loss could fall without end; declare a bounded function as its repulsion';
        const message = `ie-${name}: expected a matcher that can push away within a bound, received ${received}; ${hint}`;
        assert.throws(make, { name: 'InputError', message });
      }
    });
  }
});
