#!/usr/bin/env bash
# Leaves the three executables in out/: kdoctor and kdoctor-controller, self-contained in a single file each, and kdoctor-agent, compiled ahead of time.
#   eng/publish.sh [agent|controller|kdoctor ...]     without names: all three; controller-image leaves out/controller-image for eng/images.sh
# Self-contained, because a cluster's image and a user's machine have no .NET; in one file, because a kubectl plugin is one. The agent is compiled ahead of
# time because there is one on every node: a tenth of the memory, no time to warm up. The command and the controller stay with the just-in-time compiler: ASP.NET's
# and the Kubernetes client's serializers look at types while they run. Needs the .NET SDK, and clang for the agent; installs clang where it may.
set -euo pipefail
cd "$(dirname "$0")/.."

case "$(uname -m)" in
  x86_64) platform=linux-x64 ;;
  aarch64) platform=linux-arm64 ;;
  *) echo "eng/publish.sh: no build for $(uname -m)" >&2; exit 1 ;;
esac
names=("$@")
((${#names[@]})) || names=(agent controller kdoctor)
mkdir -p out artifacts/aot artifacts/single

publish() { # PROJECT EXECUTABLE [properties]
  local stage
  stage=$(mktemp -d)
  dotnet publish "src/$1" -c Release -r "$platform" -o "$stage" -v quiet --nologo "${@:3}"
  install -m 755 "$stage/$2" "out/$2"
  rm -rf "$stage"
  echo "out/$2  $(du -h "out/$2" | cut -f1)"
}

single=(--self-contained -p:PublishSingleFile=true -p:IncludeNativeLibrariesForSelfExtract=true -p:EnableCompressionInSingleFile=true -p:DebugType=none)
for name in "${names[@]}"; do
  case "$name" in
    agent)
      if ! command -v clang >/dev/null || ! [[ -e /usr/include/zlib.h ]]; then
        [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || { echo "eng/publish.sh: the agent needs clang and zlib1g-dev: install them first" >&2; exit 1; }
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clang zlib1g-dev >/dev/null
      fi
      publish Kdoctor.Agent kdoctor-agent -p:PublishAot=true
      ;;
    controller) publish Kdoctor.Controller kdoctor-controller "${single[@]}" ;;
    controller-image)
      # In an image native libraries lie beside the executable: the root file system is read-only, nothing can unpack them.
      rm -rf out/controller-image
      dotnet publish src/Kdoctor.Controller -c Release -r "$platform" -o out/controller-image -v quiet --nologo "${single[@]}" \
        -p:IncludeNativeLibrariesForSelfExtract=false
      rm -f out/controller-image/*.xml
      echo "out/controller-image  $(du -sh out/controller-image | cut -f1)"
      ;;
    kdoctor) publish Kdoctor.Cli kdoctor "${single[@]}" ;;
    *) echo "eng/publish.sh: no '$name'; there are agent, controller, controller-image and kdoctor" >&2; exit 2 ;;
  esac
done
