#!/usr/bin/env bash
# Fuzzes the decoders of foreign bytes, guided by coverage: SharpFuzz makes a copy of the build tell its branches, AFL++ looks for new ones.
#   eng/fuzz.sh [SECONDS [TARGET...]]     each target so many seconds, 60 unless told; every target without TARGET; as many at once as there are cores
#   KDOCTOR_FUZZ_KEEP=1                   takes the inputs by which coverage grew into tests/Kdoctor.Fuzzing/Corpus
# Exits with 1 when a promise was broken or an input took more than five seconds: the inputs are in artifacts/fuzz/TARGET.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true

if ! command -v afl-fuzz >/dev/null; then
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "eng/fuzz.sh: install afl++ first" >&2; exit 1; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends afl++ >/dev/null
fi
dotnet build tests/Kdoctor.Fuzzing -v quiet --nologo
built=$PWD/artifacts/bin/Kdoctor.Fuzzing/debug/Kdoctor.Fuzzing
work=$PWD/artifacts/fuzz
rm -rf "$work"
mkdir -p "$work"
cp -r "$(dirname "$built")" "$work/program"
"$work/program/Kdoctor.Fuzzing" instrument
(($#)) || mapfile -t known < <("$built" list)
(($#)) || set -- "${known[@]}"

# What AFL++ asks for does not concern a managed program: crashes are exceptions, and its file is started by an ordinary host.
export AFL_SKIP_BIN_CHECK=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1
# A tiered method is compiled anew while it runs, which looks like another path.
export DOTNET_TieredCompilation=0 DOTNET_gcServer=0

fuzz() {
  local folder=$work/$1
  "$built" seeds "$1" "$folder/in"
  if ! afl-fuzz -i "$folder/in" -o "$folder/out" -t 5000 -m none -V "$seconds" -- "$work/program/Kdoctor.Fuzzing" run "$1" >"$folder/log" 2>&1; then
    echo "eng/fuzz.sh: $1: afl-fuzz ended early, see $folder/log" >&2
    return 1
  fi
  local stats=$folder/out/default/fuzzer_stats
  of() { sed -n "s/^$1 *: //p" "$stats"; }
  printf '| %-16s | %11s | %5s | %4s | %7s | %5s |\n' "$1" "$(of execs_done)" "$(of edges_found)" "$(of corpus_found)" "$(of saved_crashes)" "$(of saved_hangs)"
  if [[ ${KDOCTOR_FUZZ_KEEP:-} == 1 ]]; then
    mkdir "$folder/new"
    find "$folder/out/default/queue" -name '*+cov' -exec cp {} "$folder/new" \;
    "$built" keep "$1" "$folder/new"
  fi
  [[ $(of saved_crashes) == 0 && $(of saved_hangs) == 0 ]]
}
export -f fuzz
export built work seconds

echo "| target           |      inputs | edges |  new | crashes | hangs |"
echo "|------------------|-------------|-------|------|---------|-------|"
printf '%s\n' "$@" | xargs -P "$(nproc)" -I {} bash -c 'fuzz {}' || { echo "eng/fuzz.sh: something was found: replay it with $built replay TARGET FILE" >&2; exit 1; }
