# How `.ci/run` runs its suites: one after the other, each with a limit of minutes, all of them even if one fails. Sourced, not run.

# Hashes of what has passed: outside of the checkout, which CI makes anew. Where it is lost, everything runs.
PASSED=${XDG_CACHE_HOME:-$HOME/.cache}/iekd/ci
REPORT=()
FAILED=0
# What each suite printed, so that the end of a failed one can be shown again where a reader looks first.
OUTPUT=$(mktemp -d)
trap 'rm -rf "$OUTPUT"' EXIT
# Minutes for all of them; what would begin later is skipped.
MOST_MINUTES=50

# Everything that decides a result besides the files: Node, compiler, oneDNN, processor.
tools() {
  node --version
  g++ --version 2> /dev/null | head -1
  dpkg-query -W libdnnl-dev 2> /dev/null
  grep -m1 -E '^(flags|Features)' /proc/cpuinfo 2> /dev/null
  uname -sm
}

# A hash of the files at or below these paths, as they are now, and of the tools.
inputs_hash() {
  { tools || true; echo "$1"; for path in $2; do git ls-files -z -- "$path"; done | sort -z | xargs -0 sha256sum; } | sha256sum | cut -c1-40
}

# suite NAME MINUTES INPUTS COMMAND…   INPUTS: paths, or "always"
suite() {
  local name=$1 minutes=$2 inputs=$3 key='' code=0 start=$SECONDS
  shift 3
  [[ $inputs == always ]] || key=$name-$(inputs_hash "$*" "$inputs")
  echo
  echo "== $name: $*"
  if [[ -n $key && -e $PASSED/$key ]]; then
    REPORT+=("$name: passed before with the same files and tools")
    echo "${REPORT[-1]}"
    return 0
  fi
  local left=$((MOST_MINUTES - SECONDS / 60))
  if [[ $left -lt 2 ]]; then
    REPORT+=("$name: skipped, $MOST_MINUTES minutes have passed")
    return 0
  fi
  local cut=0
  [[ $minutes -le $left ]] || { minutes=$left cut=1; }
  timeout --kill-after=30 "${minutes}m" "$@" < /dev/null > >(tee "$OUTPUT/$name") 2>&1 || code=$?
  case $code in
    0)
      REPORT+=("$name: passed, $((SECONDS - start)) s")
      if [[ -n $key ]]; then { mkdir -p "$PASSED" && touch "$PASSED/$key"; } 2> /dev/null || true; fi
      ;;
    75) REPORT+=("$name: skipped, its output says why") ;;
    124 | 137)
      if [[ $cut == 1 ]]; then REPORT+=("$name: not finished, $MOST_MINUTES minutes have passed"); return 0; fi
      FAILED=1 REPORT+=("$name: FAILED, it took longer than $minutes minutes") ;;
    *) FAILED=1 REPORT+=("$name: FAILED with exit code $code") ;;
  esac
}

# What follows needs a project that is set up and sound.
stop_if_failed() {
  [[ $FAILED == 0 ]] || summary
}

summary() {
  local line name
  for line in "${REPORT[@]}"; do
    [[ $line == *': FAILED'* ]] || continue
    name=${line%%:*}
    printf '\n== %s failed; the end of its output, failures of tests first:\n' "$name"
    grep -nE '^ *(✖|not ok) |[Ee]rror:' "$OUTPUT/$name" | head -40 || true
    tail -30 "$OUTPUT/$name"
  done
  echo
  printf '%s\n' 'Suites:' "${REPORT[@]/#/  }"
  exit "$FAILED"
}
