#!/usr/bin/env bash
# Prints what README's first command costs on a fresh clone, with packages cached, and what a second command costs: processor time, user and system
# together, of the command, everything that it starts and the compiler's server. Exit code 1 when a limit is passed. Other work on the machine raises the figures.
set -euo pipefail
cd "$(dirname "$0")/.."
first_limit=60
second_limit=4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone -q --no-hardlinks . "$folder/clone"
cd "$folder/clone"
unset CI CodeChecks
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Processes that outlive the command would not be counted. The server has a name of its own, so that its time is found and it is new as on a new machine.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 SharedCompilationId="measure-$$"

# Seconds of the processor that the server has used until now.
server() {
  local pid ticks=0
  for pid in $(pgrep -f "VBCSCompiler.*$SharedCompilationId" || true); do
    ticks=$((ticks + $(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 12,13 | tr ' ' +)))
  done
  awk -v t="$ticks" -v hz="$(getconf CLK_TCK)" 'BEGIN { print t / hz }'
}

failed=0
measure() {
  local name=$1 limit=$2 before used
  shift 2
  before=$(server)
  TIMEFORMAT='%U %S'
  if ! used=$({ time "$@" >"$folder/output" 2>&1; } 2>&1); then
    cat "$folder/output"
    exit 1
  fi
  awk -v name="$name" -v limit="$limit" -v used="$used" -v before="$before" -v after="$(server)" 'BEGIN {
    split(used, times, " ")
    total = times[1] + times[2] + after - before
    printf "%-24s %6.1f s of processor time (user %.1f, system %.1f, compiler server %.1f), at most %d\n", name, total, times[1], times[2], after - before, limit
    exit total > limit
  }' || failed=1
}

measure 'deploy up, fresh clone' "$first_limit" dotnet run --project samples/ContentApi -- deploy up --environment Development
measure 'deploy status, after it' "$second_limit" dotnet run --no-build --project samples/ContentApi -- deploy status
# Without --no-build six projects are looked at first: for comparison, with no limit.
measure '  and with a build' 99 dotnet run --project samples/ContentApi -- deploy status
for pid in $(pgrep -f "VBCSCompiler.*$SharedCompilationId" || true); do kill "$pid"; done
exit "$failed"
