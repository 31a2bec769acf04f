#!/usr/bin/env bash
# A table of the smoke budget by a real Slurm: a controller and two nodes on this machine, with munge, without systemd. One task is sent back to
# the queue while it trains, and one of the nodes dies with all its processes; every run is then there once, with the bits of runs that
# were left alone.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/common.sh

[[ $(id -u) == 0 ]] || skip 'a Slurm of its own needs root'
apt_install slurmctld slurmd slurm-client munge || skip 'Slurm cannot be installed with apt-get'

FOLDER=$(mktemp -d)
export SLURM_CONF=$FOLDER/slurm.conf
HOST=$(hostname -s)

# Ends what a process has started, and it, by its number.
end_tree() {
  local child
  for child in $(ps -o pid= --ppid "$1"); do end_tree "$child" "$2"; done
  kill "-$2" "$1" 2> /dev/null || true
}

# The task's script and the slurmstepd above it, of a node: Slurm says to a script where it runs.
steps_of() {
  local task
  for task in /proc/[0-9]*; do
    grep -qsz "^SLURMD_NODENAME=$1\$" "$task/environ" || continue
    grep -qsz "^SLURM_CONF=$SLURM_CONF\$" "$task/environ" || continue
    ps -o ppid= -p "${task#/proc/}"
  done | sort -un | while read -r parent; do
    if [[ $(ps -o comm= -p "$parent" 2> /dev/null) == slurmstepd ]]; then echo "$parent"; fi
  done
}

finish() {
  local step file
  for step in $(steps_of n1) $(steps_of n2); do end_tree "$step" KILL; done
  for file in "$FOLDER"/*.pid; do
    if [[ -s $file ]]; then kill "$(cat "$file")" 2> /dev/null || true; fi
  done
  sleep 1
  rm -rf "$FOLDER"
}
trap finish EXIT

# munge with a key and a socket of its own, so that none that runs here is in the way.
mkdir -m 700 "$FOLDER/munge"
head -c 128 /dev/urandom > "$FOLDER/munge/key"
chmod 600 "$FOLDER/munge/key"
munged --force --key-file="$FOLDER/munge/key" --socket="$FOLDER/munge/socket" --pid-file="$FOLDER/munged.pid" \
  --log-file="$FOLDER/munge/log" --seed-file="$FOLDER/munge/seed" || skip 'munged does not start'

cat > "$SLURM_CONF" << END
ClusterName=iekd
SlurmctldHost=$HOST(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
SlurmdUser=root
AuthInfo=socket=$FOLDER/munge/socket,cred_expire=15
StateSaveLocation=$FOLDER/state
SlurmctldPidFile=$FOLDER/slurmctld.pid
SlurmctldLogFile=$FOLDER/slurmctld.log
SlurmdSpoolDir=$FOLDER/spool-%n
SlurmdPidFile=$FOLDER/slurmd-%n.pid
SlurmdLogFile=$FOLDER/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
KillWait=30
SlurmdTimeout=15
MessageTimeout=10
NodeName=n1 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=17001 CPUs=1 RealMemory=1000
NodeName=n2 NodeHostname=$HOST NodeAddr=127.0.0.1 Port=17002 CPUs=1 RealMemory=1000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
echo 'CgroupAutomount=no' > "$FOLDER/cgroup.conf"
mkdir "$FOLDER/state"
slurmctld -c
slurmd -N n1
slurmd -N n2

# Waits until a command succeeds: SECONDS, what is waited for, the command.
await() {
  local until=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [[ $SECONDS -lt $until ]] || { echo "waited in vain for $what"; sinfo; squeue; tail -20 "$FOLDER/slurmctld.log"; return 1; }
    sleep 0.1
  done
}

two_nodes() { [[ $(sinfo -h -N -t idle -o %N | sort -u | wc -l) == 2 ]]; }
await 60 'two idle nodes' two_nodes

TABLE=(reproduce figure1b --budget smoke --seeds 3 --threads 1)
cluster() { node lib/bin/iekd.cjs "${TABLE[@]}" --runs "$FOLDER/runs" --results "$FOLDER/results" "$@"; }

cluster --on slurm --slurm '--time=10 --mem=100'

# The processes below one.
below() {
  local child
  for child in $(ps -o pid= --ppid "$1"); do
    echo "$child"
    below "$child"
  done
}

# Of a process's environment.
variable() { tr '\0' '\n' < "/proc/$1/environ" | sed -n "s/^$2=//p"; }

# Tells a task to end while its program is at work, with the command that is given: the program is held for so long, as its run takes a moment.
told() { cat "$FOLDER"/runs/.jobs/*/*.log 2> /dev/null | grep -c '(ended by SIGTERM)\|stopped: ended by SIGTERM' || true; }
send_back() {
  local step worker task before
  before=$(told)
  for step in $(steps_of n1) $(steps_of n2); do
    for worker in $(below "$step"); do
      [[ $(readlink "/proc/$worker/exe") == "$(readlink -f "$(command -v node)")" ]] || continue
      kill -STOP "$worker" || continue
      task=$(variable "$worker" SLURM_ARRAY_JOB_ID)_$(variable "$worker" SLURM_ARRAY_TASK_ID)
      "$@" "$task" || true
      sleep 3
      kill -CONT "$worker"
      for _ in $(seq 200); do
        if [[ $(told) -gt $before ]]; then
          echo "sent back to the queue: $task ($*)"
          return 0
        fi
        sleep 0.1
      done
      return 1
    done
  done
  return 1
}
# By Slurm, which queues it again, and as it is told where its time is up, when its script has to.
await 180 'a task that is requeued' send_back scontrol requeue
await 180 'a task whose time is up' send_back scancel --signal=TERM --batch

# The second node dies while it has a task.
has_step() { [[ -n $(steps_of n2) ]]; }
await 240 'a task on n2' has_step
for step in $(steps_of n2); do end_tree "$step" KILL; done
kill -KILL "$(cat "$FOLDER/slurmd-n2.pid")"
rm -f "$FOLDER/slurmd-n2.pid"
echo 'n2 is dead'
is_down() { [[ $(sinfo -h -N -n n2 -o %t) == down* ]]; }
await 90 'n2 to be taken for dead' is_down

cluster --status
complete() { sleep 3; [[ $(cluster --status --json | grep -c '"status": "trained"') == 10 ]]; }
await 400 'all ten runs' complete
cluster --status

grep -h 'stopped: \|goes on\|resumed' "$FOLDER"/runs/.jobs/*/*.log
# The same runs by two processes here have the same weights.
node lib/bin/iekd.cjs "${TABLE[@]}" --runs "$FOLDER/alone" --results "$FOLDER/results" --on local --jobs 2 > "$FOLDER/table"
weights() { (cd "$1" && sha256sum -- */student-last.safetensors); }
diff <(weights "$FOLDER/runs") <(weights "$FOLDER/alone")
[[ $(weights "$FOLDER/runs" | wc -l) == 10 ]]
[[ -z $(find "$FOLDER/runs" -name '.owner*') ]] || { echo 'owners are left'; exit 1; }
cat "$FOLDER/table"
