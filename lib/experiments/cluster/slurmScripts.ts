/**
 * Runs as job arrays of Slurm: `job.sh`, one run a task, and `submit.sh`, which hands arrays to `sbatch`, students after their teachers. Both
 * are read and run as they are. A task that is told to end (before its time is up, or preempted) saves after its step and is queued again.
 * Options of sbatch: slurm.schedmd.com/sbatch.html
 */
import { knownKeys, textIn } from '../../util/check';
import { counted } from '../../util/text';
import { planName } from '../runPlan';
import type { ClusterJob } from './clusterJob';
import { commentText, shellWord, shellWords } from './shellWords';
import { type SlurmOptions, slurmLines } from './slurmOptions';
import { type TaskGroup, taskGroups } from './taskGroups';

/** Files of a job by name. */
export type SlurmScripts = Readonly<Record<'job.sh' | 'submit.sh', string>>;

/** Tasks of an array: `MaxArraySize` of Slurm is 1001 where nobody has changed it. */
const MOST_TASKS = 1000;
/** Seconds before its time is up that a task is told. A step of training and a checkpoint take less. */
const WARNING_S = 120;

/** The scripts. @throws InputError for a job of no runs and for options that are none of sbatch, or that the script sets */
export function slurmScripts(job: ClusterJob, options: SlurmOptions = {}): SlurmScripts {
  knownKeys('slurmScripts', job, ['name', 'plans', 'command', 'directory']);
  const groups = taskGroups(job.plans, MOST_TASKS);
  return { 'job.sh': jobScript(job, groups, slurmLines(options)), 'submit.sh': submitScript(job, groups) };
}

function jobScript({ name, command, directory }: ClusterJob, groups: readonly TaskGroup[], options: readonly string[]): string {
  const runs = groups.flatMap(({ tasks }) => tasks.map(planName));
  return `#!/usr/bin/env bash
#SBATCH --job-name=iekd-${textIn('slurmScripts: name', name)}
#SBATCH --output=%A_%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@${WARNING_S}
${options.map((line) => `${line}\n`).join('')}
# One run of ${commentText(name)} a task. submit.sh hands this to sbatch, with the number of the first run of the array.
RUNS=(
${runs.map((run) => `  ${shellWord(run)}\n`).join('')})
RUN=\${RUNS[$1 + SLURM_ARRAY_TASK_ID]}

# Slurm tells this shell, and nobody else, that the task has to end. Training then saves after its step, and ends with code 143.
WORKER= TOLD=
trap 'TOLD=yes; kill -TERM $WORKER 2> /dev/null' TERM
cd ${shellWord(directory)} || exit
${shellWords(command)} --run "$RUN" &
WORKER=$!
[[ -z $TOLD ]] || kill -TERM "$WORKER"
wait "$WORKER"
CODE=$?
if [[ -n $TOLD ]]; then
  wait "$WORKER"
  CODE=$?
fi

# Whose time is up goes on later, from its checkpoint. Slurm itself queues again what it preempts; what was cancelled stays so.
TASK=\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}
if [[ $CODE == 143 && $(squeue --noheader --jobs="$TASK" --format=%T) == RUNNING ]]; then
  scontrol requeue "$TASK"
fi
exit "$CODE"
`;
}

function submitScript({ name }: ClusterJob, groups: readonly TaskGroup[]): string {
  return `#!/usr/bin/env bash
# Hands the runs of ${commentText(name)} to Slurm: each line an array, which begins once the teachers of its runs are trained.
set -euo pipefail
cd "$(dirname "\${BASH_SOURCE[0]}")"

# submit FIRST COUNT [OPTION…]: prints the job's number, and notes it with that of its first run.
submit() {
  local first=$1 count=$2 job
  shift 2
  job=$(sbatch --parsable --array="0-$((count - 1))" "$@" job.sh "$first") || return
  echo "\${job%%;*} $first" | tee -a submitted | cut -d ' ' -f 1
}

${groups.map((group, i) => `J${i}=$(submit ${group.first} ${group.tasks.length}${dependency(group, groups)}) # ${counted(group.tasks.length, 'run')}\n`).join('')}
echo "submitted: ${groups.map((_, i) => `$J${i}`).join(' ')}"
`;
}

/** `--dependency=afterok:${J0}_3` */
function dependency({ after }: TaskGroup, groups: readonly TaskGroup[]): string {
  if (after.length === 0) return '';
  const tasks = after.map((number) => {
    const i = groups.filter(({ first }) => first <= number).length - 1;
    return `:\${J${i}}_${number - (groups[i]?.first ?? 0)}`;
  });
  return ` --dependency="afterok${tasks.join('')}" --kill-on-invalid-dep=yes`;
}
