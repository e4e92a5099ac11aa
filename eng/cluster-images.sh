#!/usr/bin/env bash
# Builds the images and loads them on a test bed, under the names that `kdoctor install` uses unless told otherwise.
#   eng/cluster-images.sh TOOL      TOOL image DIR NAME loads a root file system as an image on every node
set -euo pipefail
[[ $# == 1 && -x $1 ]] || { echo "usage: eng/cluster-images.sh PATH-OF-CLUSTER-TOOL" >&2; exit 2; }
tool=$(realpath "$1")
cd "$(dirname "$0")/.."
version=$(sed -n 's#.*<Version>\(.*\)</Version>.*#\1#p' Directory.Build.props)

# A kubelet asks its runtime for a name without a registry under the runtime's own default one: an image that was never pulled must bear that whole name.
default_registry=docker.io

eng/images.sh
for name in kdoctor-agent kdoctor-controller; do
  "$tool" image "out/images/$name" "$default_registry/kdoctor/$name:$version"
done
