#!/usr/bin/env bash
# Builds everything and runs the fast tests. Needs the .NET SDK; installs kubectl and PostgreSQL where there is none and it may.
#   ./test.sh [arguments for the test runner, for example --filter-class '*.ArrowTests']
set -euo pipefail
cd "$(dirname "$0")"

command -v dotnet >/dev/null || { echo "test.sh: no dotnet on PATH; install the .NET SDK named in global.json" >&2; exit 1; }
has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
missing=()
command -v kubectl >/dev/null || missing+=(kubernetes-client)
has_postgres || missing+=(postgresql)
if ((${#missing[@]})) && command -v apt-get >/dev/null && [[ $(id -u) == 0 ]]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
command -v kubectl >/dev/null || echo "test.sh: no kubectl on PATH: the tests that need it are skipped" >&2
has_postgres || echo "test.sh: PostgreSQL is not installed: the tests that need it are skipped" >&2
eng/chart-renderer.sh || echo "test.sh: the chart is not rendered: the tests that need it are skipped" >&2

dotnet build Kdoctor.slnx -v quiet --nologo
# The mesh of a hundred agents fills two cores: it runs when it is asked for (--filter-trait area=mesh).
(($#)) || set -- --filter-not-trait area=mesh
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
artifacts/bin/Kdoctor.Tests/debug/Kdoctor.Tests --no-ansi "$@" | tee "$log" || status=$?

# One plain line to close with, for people and for scripts.
counted() { sed -n "s/^  $1: \([0-9]*\)$/\1/p" "$log" | tail -1; }
echo "$(counted succeeded) passed, $(counted failed) failed, $(counted skipped) skipped"
exit "$status"
