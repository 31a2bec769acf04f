/** Runs handed to a cluster: to Slurm, which takes them, or as a manifest for Kubernetes, which a person applies. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ClusterJob } from '../../experiments/cluster/clusterJob';
import { KUBERNETES_SETTINGS, type KubernetesOptions } from '../../experiments/cluster/kubernetesOptions';
import { notAmong, refuse } from '../../util/check';
import { counted } from '../../util/text';
import { checkTyped } from '../options/usageError';
import { shownPath, writeNote, writeProblem } from '../output/output';

/** What was written and, of Slurm, submitted. */
export interface HandedOver {
  readonly folder: string;
  readonly runs: number;
  /** Numbers of Slurm's jobs; none where there is no Slurm here. */
  readonly submitted: readonly string[];
}

/** Writes the scripts and, where `sbatch` is here, hands them to it. @throws InputError where sbatch refuses them, in its words */
export async function toSlurm(runs: string, job: ClusterJob, slurm = ''): Promise<HandedOver> {
  const { parseSlurmOptions } = await import('../../experiments/cluster/slurmOptions.js');
  const { slurmScripts } = await import('../../experiments/cluster/slurmScripts.js');
  const { writeJob } = await import('../../experiments/cluster/jobFolder.js');
  const options = checkTyped(() => parseSlurmOptions(slurm));
  const folder = writeJob(runs, job, slurmScripts(job, options));
  const submitted = submit(join(folder, 'submit.sh'));
  const what = `${counted(job.plans.length, 'run')} in ${shownPath(folder)}`;
  if (submitted)
    writeNote(`${what}: submitted as ${submitted.join(', ')}; iekd reproduce ${job.name} --status shows how far they are`);
  else
    writeProblem(`${what}: there is no sbatch here; on a machine of the cluster: bash ${shownPath(join(folder, 'submit.sh'))}`);
  return { folder, runs: job.plans.length, submitted: submitted ?? [] };
}

/** Numbers of the jobs; undefined where there is no Slurm. */
function submit(script: string): string[] | undefined {
  try {
    execFileSync('sbatch', ['--version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  try {
    const told = execFileSync('bash', [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return /^submitted: (.*)$/m.exec(told)?.[1]?.split(' ') ?? [];
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    throw refuse(
      'sbatch',
      'jobs that it takes',
      stderr.trim().split('\n').at(-1) ?? '',
      `the scripts are kept: ${shownPath(script)}`,
    );
  }
}

/** Writes the manifest; applies nothing. */
export async function toKubernetes(runs: string, job: ClusterJob, kubernetes = ''): Promise<HandedOver> {
  const { kubernetesJob } = await import('../../experiments/cluster/kubernetesJob.js');
  const { writeJob } = await import('../../experiments/cluster/jobFolder.js');
  const manifest = checkTyped(() => kubernetesJob(job, kubernetesOptions(kubernetes)));
  const folder = writeJob(runs, job, { 'job.json': `${JSON.stringify(manifest, null, 2)}\n` });
  writeNote(
    `${counted(job.plans.length, 'run')} in ${shownPath(folder)}; to begin: kubectl apply -f ${shownPath(join(folder, 'job.json'))}`,
  );
  return { folder, runs: job.plans.length, submitted: [] };
}

/** `image=iekd:0.1 claim=store gpus=1` */
function kubernetesOptions(text: string): KubernetesOptions {
  const found: Partial<Record<(typeof KUBERNETES_SETTINGS)[number], string>> = {};
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const [, key = '', value] = /^([^=]+)=(.+)$/.exec(word) ?? [];
    if (value === undefined) throw refuse('kubernetes', 'settings as NAME=VALUE', word);
    const name = KUBERNETES_SETTINGS.find((one) => one === key);
    if (name === undefined) throw notAmong('kubernetes', 'settings among', KUBERNETES_SETTINGS, key);
    found[name] = value;
  }
  const { image, claim, ...rest } = found;
  if (image === undefined || claim === undefined)
    throw refuse('kubernetes', 'at least image=NAME and claim=NAME, as --kubernetes "image=iekd:0.1 claim=store"', text);
  return { image, claim, ...rest };
}
