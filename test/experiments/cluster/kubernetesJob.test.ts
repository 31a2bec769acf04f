/** The manifest for Kubernetes against the schema that Kubernetes 1.33 has published (`job_schema.py` makes it), and what is refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { kubernetesJob } from 'iekd/dist/experiments/cluster/kubernetesJob';
import type { KubernetesOptions } from 'iekd/dist/experiments/cluster/kubernetesOptions';
import { planName, withSeed } from 'iekd/dist/experiments/runPlan';
import { schemaProblems } from '../../fixtures/jsonSchema';
import { STUDENT, TEACHER } from '../../fixtures/madeUpRecords';

interface JobSchema {
  readonly first: string;
  readonly definitions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const { first, definitions } = JSON.parse(readFileSync(join(__dirname, 'job.schema.json'), 'utf8')) as JobSchema;
const problems = (manifest: unknown): string[] => schemaProblems('job', manifest, definitions[first] ?? {}, definitions);

const PLANS = [TEACHER, STUDENT, withSeed(STUDENT, 1)];
const JOB = { name: 'table1', plans: PLANS, command: ['iekd', 'reproduce', 'table1', '--rows', "a b's"], directory: '/anywhere' };
const PLACE: KubernetesOptions = { image: 'registry.example/iekd:0.1', claim: 'store' };
const FULL: KubernetesOptions = { ...PLACE, mount: '/store', namespace: 'ours', parallel: 2, cpus: 4, memory: '8Gi', gpus: 1 };

describe('a Job of Kubernetes', () => {
  for (const [name, options] of [
    ['with the least that it needs', PLACE],
    ['with everything', FULL],
  ] as const) {
    test(`${name} is one by the published schema`, () => assert.deepEqual(problems(kubernetesJob(JOB, options)), []));
  }

  test('the schema refuses what is none', () => {
    const { spec, ...rest } = kubernetesJob(JOB, PLACE) as { readonly spec: object };
    assert.deepEqual(problems({ ...rest, spec: { ...spec, completions: '3' } }), [
      'job.spec.completions: integer,null and not string',
    ]);
    assert.deepEqual(problems({ ...rest, spec: { ...spec, parallelism: 1.5 } }), [
      'job.spec.parallelism: integer,null and not number',
    ]);
    assert.deepEqual(problems({ ...rest, spec: { ...spec, backOffLimitPerIndex: 1 } }), [
      'job.spec: backOffLimitPerIndex is unknown',
    ]);
    assert.deepEqual(problems({ ...rest, spec: {} }), ['job.spec: no template']);
  });

  test('has an index a run, teachers first, each tried again by itself', () => {
    const { spec } = kubernetesJob(JOB, { ...PLACE, parallel: 2 }) as { readonly spec: Record<string, unknown> };
    const { completionMode, completions, parallelism, backoffLimitPerIndex } = spec;
    assert.deepEqual([completionMode, completions, parallelism, backoffLimitPerIndex], ['Indexed', 3, 2, 3]);
  });

  test('each pod runs the run of its index, told as words', () => {
    const { spec } = kubernetesJob({ ...JOB, command: ['printf', '%s\\n', "a b's", '$(id)'] }, PLACE) as unknown as {
      readonly spec: {
        readonly template: { readonly spec: { readonly containers: readonly Record<'command' | 'args', string[]>[] } };
      };
    };
    const [{ command = [], args = [] } = {}] = spec.template.spec.containers;
    assert.deepEqual(args, PLANS.map(planName));
    for (const [index, plan] of PLANS.entries()) {
      const env = { ...process.env, JOB_COMPLETION_INDEX: String(index) };
      const { stdout } = spawnSync(command[0] ?? '', [...command.slice(1), ...args], { env, encoding: 'utf8' });
      assert.deepEqual(stdout.split('\n'), ["a b's", '$(id)', '--run', planName(plan), '']);
    }
  });

  const refused: readonly (readonly [object, RegExp])[] = [
    [{ image: 'a b' }, /^kubernetes: image: expected the name of an image that has iekd, received "a b"/],
    [{ claim: 'Store' }, /^kubernetes: claim: expected the name of a PersistentVolumeClaim, received "Store"/],
    [{ mount: 'data' }, /^kubernetes: mount: expected an absolute path, received "data"/],
    [{ parallel: 0 }, /^kubernetes: parallel: expected an integer of at least 1, received 0/],
    [{ memory: 'much' }, /^kubernetes: memory: expected an amount as 4 or 8Gi, received "much"/],
    [{ namespace: '-' }, /^kubernetes: namespace: expected letters, digits and dashes, received "-"/],
    [
      { gpu: 1 },
      /^kubernetes: expected options among image, claim, mount, namespace, parallel, cpus, memory, gpus, received "gpu"/,
    ],
  ];
  for (const [options, message] of refused) {
    test(`refuses ${JSON.stringify(options)}`, () =>
      assert.throws(() => kubernetesJob(JOB, { ...PLACE, ...options }), { name: 'InputError', message }));
  }
});
