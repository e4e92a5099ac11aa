#!/usr/bin/env bash
# Packs a root file system as an OCI image archive of one layer, the same bytes for the same files: times, owners and order are fixed.
#   eng/oci-archive.sh ROOT NAME OUT      ROOT/image.env holds CMD=[..], ENV=[..] and USER=uid:gid; it stays out of the image
# The format is the OCI image layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
set -euo pipefail
[[ $# == 3 && -f $1/image.env ]] || { echo "usage: eng/oci-archive.sh ROOT NAME OUT (ROOT holds image.env)" >&2; exit 2; }
root=$1 name=$2 out=$3
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/blobs/sha256"

setting() { sed -n "s/^$1=//p" "$root/image.env"; }
digest() { sha256sum "$1" | cut -d' ' -f1; }
plain_tar() { tar --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner "$@"; }
blob() { # FILE: moves it among the blobs, prints {"digest":..,"size":..}'s inside
  local sum size
  sum=$(digest "$1") size=$(stat -c %s "$1")
  mv "$1" "$stage/blobs/sha256/$sum"
  printf '"digest":"sha256:%s","size":%s' "$sum" "$size"
}

case "$(uname -m)" in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) echo "no name for $(uname -m)" >&2; exit 1 ;; esac
plain_tar -cf "$stage/layer.tar" -C "$root" --exclude=./image.env .
diff=$(digest "$stage/layer.tar")
gzip -n -6 "$stage/layer.tar"
layer=$(blob "$stage/layer.tar.gz")
printf '{"architecture":"%s","os":"linux","config":{"User":"%s","Cmd":%s,"Env":%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$architecture" "$(setting USER)" "$(setting CMD)" "$(setting ENV)" "$diff" >"$stage/config"
config=$(blob "$stage/config")
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json",%s},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",%s}]}' \
  "$config" "$layer" >"$stage/manifest"
manifest=$(blob "$stage/manifest")
printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",%s,"annotations":{"org.opencontainers.image.ref.name":"%s","io.containerd.image.name":"%s"}}]}' \
  "$manifest" "${name##*:}" "$name" >"$stage/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$stage/oci-layout"
plain_tar -cf "$out" -C "$stage" oci-layout index.json blobs
