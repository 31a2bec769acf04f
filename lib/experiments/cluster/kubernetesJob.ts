/**
 * Runs as an indexed Job of Kubernetes: one run an index, each tried again by itself. Indices begin in their order, teachers first; a student
 * whose teacher is still being trained waits for it. A pod that is evicted or told to end has saved, and its index is begun anew for nothing.
 * Fields: kubernetes.io/docs/concepts/workloads/controllers/job (backoffLimitPerIndex: Kubernetes 1.33, or 1.29 as beta).
 */
import { knownKeys, refuse, textIn } from '../../util/check';
import { planName } from '../runPlan';
import type { ClusterJob } from './clusterJob';
import { KUBERNETES_SETTINGS, type KubernetesOptions } from './kubernetesOptions';
import { shellWords } from './shellWords';
import { taskGroups } from './taskGroups';

/** A manifest, JSON-ready. */
export type Manifest = Readonly<Record<string, unknown>>;

/** Names of objects: RFC 1123. */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/;
const QUANTITY = /^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/;
const GRACE_S = 120;
/** What the end of a process that SIGTERM has stopped is told by, and that of a command line that cannot be read. */
const [STOPPED, WRONG] = [143, 2];

/** The manifest of a Job: `kubectl apply -f` takes it. @throws InputError for a setting that is wrong, or missing */
export function kubernetesJob(job: ClusterJob, options: KubernetesOptions): Manifest {
  const { image, claim, mount, namespace, parallel, resources } = checked(options);
  const runs = taskGroups(job.plans).flatMap(({ tasks }) => tasks.map(planName));
  const name = match('kubernetes: name of the job', OBJECT_NAME, 'letters, digits and dashes', `iekd-${job.name.toLowerCase()}`);
  const container = {
    name: 'iekd',
    image,
    workingDir: mount,
    // Names of runs are words of its command line, never text of a shell: the index says which of them is `$1`.
    command: ['sh', '-c', `shift "$JOB_COMPLETION_INDEX"; exec ${shellWords(job.command)} --run "$1"`, 'iekd'],
    args: runs,
    ...(resources ? { resources } : {}),
    volumeMounts: [{ name: 'store', mountPath: mount }],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...(namespace ? { namespace } : {}), labels: { app: 'iekd' } },
    spec: {
      completionMode: 'Indexed',
      completions: runs.length,
      parallelism: Math.min(parallel, runs.length),
      backoffLimitPerIndex: 3,
      maxFailedIndexes: runs.length,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: failureRules(container.name) },
      template: {
        metadata: { labels: { app: 'iekd' } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: GRACE_S,
          containers: [container],
          volumes: [{ name: 'store', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** An eviction and a checkpoint after SIGTERM count for nothing; a command line that cannot be read is so for all. */
const failureRules = (containerName: string): Manifest[] => [
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  { action: 'Ignore', onExitCodes: { containerName, operator: 'In', values: [STOPPED] } },
  { action: 'FailJob', onExitCodes: { containerName, operator: 'In', values: [WRONG] } },
];

interface Checked {
  readonly image: string;
  readonly claim: string;
  readonly mount: string;
  readonly namespace: string | undefined;
  readonly parallel: number;
  readonly resources: Manifest | undefined;
}

function checked(options: KubernetesOptions): Checked {
  knownKeys('kubernetes', options, KUBERNETES_SETTINGS);
  const { image, claim, mount = '/data', namespace, parallel = 10, cpus, memory, gpus } = options;
  const count = Number(parallel);
  if (!Number.isSafeInteger(count) || count < 1) throw refuse('kubernetes: parallel', 'an integer of at least 1', parallel);
  const amount = (key: string, value: string | number | undefined): string | undefined =>
    value === undefined ? undefined : match(`kubernetes: ${key}`, QUANTITY, 'an amount as 4 or 8Gi', String(value));
  const requests = given({ cpu: amount('cpus', cpus), memory: amount('memory', memory) });
  const limits = given({ memory: amount('memory', memory), 'nvidia.com/gpu': amount('gpus', gpus) });
  return {
    image: match('kubernetes: image', /^[\w.:/@-]+$/, 'the name of an image that has iekd', textIn('kubernetes: image', image)),
    claim: match('kubernetes: claim', OBJECT_NAME, 'the name of a PersistentVolumeClaim', textIn('kubernetes: claim', claim)),
    mount: match('kubernetes: mount', /^\/[\w./-]*$/, 'an absolute path', mount),
    namespace: namespace && match('kubernetes: namespace', OBJECT_NAME, 'letters, digits and dashes', namespace),
    parallel: count,
    resources: given({ requests, limits }),
  };
}

/** Those that are there; undefined where none is. */
function given(entries: Readonly<Record<string, unknown>>): Manifest | undefined {
  const found = Object.entries(entries).filter(([, value]) => value !== undefined);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function match(where: string, pattern: RegExp, expected: string, value: string): string {
  if (!pattern.test(value)) throw refuse(where, expected, value);
  return value;
}
