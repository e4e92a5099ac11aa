#!/usr/bin/env bash
# Our clients beside their peers, in one run on pinned cores: installs the peers and servers from Debian where it may, builds, prints the table.
#   bench/run.sh [ROW...] [REPEATS [SECONDS]]     bench/README.md names the rows
#   bench/run.sh rate [SECONDS [RATE...]] · bench/run.sh memory [SECONDS] · bench/run.sh truth [SECONDS]
#   bench/run.sh agent [SECONDS]                  the memory of the published agent, joined to a controller
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A package=([nginx]=nginx-light [named]=bind9 [wrk]=wrk [ab]=apache2-utils [hey]=hey [h2load]=nghttp2-client [dnsperf]=dnsperf [taskset]=util-linux [/usr/bin/time]=time [clang]=clang)
missing=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
if ((${#missing[@]})); then
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "bench/run.sh: install ${missing[*]} first" >&2; exit 1; }
  apt-get update -qq
  # Packages must not start servers of their own: the run has its own, with its own configuration.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" zlib1g-dev >/dev/null
fi

if [[ ${1:-} == agent ]]; then
  eng/publish.sh agent >&2
  dotnet build bench/Kdoctor.Benchmarks -c Release -v quiet --nologo >&2
  exec artifacts/bin/Kdoctor.Benchmarks/release/Kdoctor.Benchmarks agent out/kdoctor-agent "${@:2}"
fi

# Ahead of time, as the agent runs; out of the way of the ordinary build.
mkdir -p artifacts/aot
case "$(uname -m)" in x86_64) platform=linux-x64 ;; *) platform=linux-arm64 ;; esac
dotnet publish bench/Kdoctor.Benchmarks -c Release -r "$platform" -p:PublishAot=true -o artifacts/bench -v quiet --nologo >&2
[[ ${1:-} == rate || ${1:-} == memory || ${1:-} == truth ]] || set -- peers "$@"
exec artifacts/bench/Kdoctor.Benchmarks "$@"
