#!/usr/bin/env bash
# Builds artifacts/chart-renderer, with which a test renders charts/kdoctor where there is no helm. Installs Go and sprig where they are missing and it may.
set -euo pipefail
cd "$(dirname "$0")/.."
sprig=/usr/share/gocode/src/github.com/Masterminds/sprig
if ! command -v go >/dev/null || [[ ! -d $sprig ]]; then
  [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "eng/chart-renderer.sh: needs the packages golang-go and golang-github-masterminds-sprig-dev" >&2; exit 1; }
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends golang-go golang-github-masterminds-sprig-dev >/dev/null
fi
mkdir -p artifacts
[[ artifacts/chart-renderer -nt eng/chart-renderer/main.go ]] ||
  GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= GOCACHE="${GOCACHE:-$PWD/artifacts/go-cache}" go build -o artifacts/chart-renderer eng/chart-renderer/main.go
