#!/usr/bin/env bash
# Makes the images without Docker: root file systems in out/images/NAME and OCI archives in out/images/NAME.tar.
#   eng/images.sh [kdoctor-agent|kdoctor-controller ...]     without names: both
# An image holds one executable, the shared libraries that it needs, a user that is not root, and /tmp: no shell, no package manager, nothing to
# update but what is ours. The libraries are those of the machine that builds, so that they fit what was linked against them.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."

version=$(sed -n 's#.*<Version>\(.*\)</Version>.*#\1#p' Directory.Build.props)
uid=65532
declare -A limit=([kdoctor-agent]=40 [kdoctor-controller]=120) # MB of the root file system
names=("$@")
((${#names[@]})) || names=(kdoctor-agent kdoctor-controller)

library() { # NAME: where this machine keeps a shared library that is opened by name
  local path
  # awk reads to the end: a writer that nobody listens to any more would end the script.
  path=$(ldconfig -p | awk -v name="$1" '$1 == name && /x86-64|AArch64/ && !found++ {print $NF}')
  [[ -n $path ]] || { echo "eng/images.sh: this machine has no $1 (Debian: package libssl3)" >&2; exit 1; }
  echo "$path"
}

libraries() { # ROOT: copies the loader and every library that what lies in ROOT needs; OpenSSL is opened by name, so nothing links to it
  local root=$1 file
  { find "$root" -type f; library libssl.so.3; library libcrypto.so.3; } | xargs -n1 ldd 2>/dev/null |
    sed -n 's#.*=> \(/[^ ]*\) .*#\1#p; s#^[[:space:]]*\(/[^ ]*ld-[^ ]*\) .*#\1#p' |
    cat - <(library libssl.so.3; library libcrypto.so.3) | sort -u |
    while read -r file; do
      [[ $file == "$root"/* ]] || install -D -m 755 "$(readlink -f "$file")" "$root${file/#\/usr\/lib/\/lib}"
    done
}

for name in "${names[@]}"; do
  [[ -n ${limit[$name]:-} ]] || { echo "eng/images.sh: no image '$name'; there are kdoctor-agent and kdoctor-controller" >&2; exit 2; }
  root=$PWD/out/images/$name
  rm -rf "$root"
  mkdir -p "$root"/{etc,tmp}
  if [[ $name == kdoctor-agent ]]; then
    eng/publish.sh agent
    install -m 755 out/kdoctor-agent "$root/"
    environment='["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"]'
  else
    # SQLite lies beside the executable: one that had to be unpacked first would need a place to write.
    eng/publish.sh controller-image
    install -m 755 out/controller-image/* "$root/"
    environment='["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1","DOTNET_EnableDiagnostics=0"]'
  fi
  libraries "$root"
  echo "kdoctor:x:$uid:$uid::/tmp:/sbin/nologin" >"$root/etc/passwd"
  echo "kdoctor:x:$uid:" >"$root/etc/group"
  echo "hosts: files dns" >"$root/etc/nsswitch.conf"
  chmod 1777 "$root/tmp"
  printf 'CMD=["/%s"]\nENV=%s\nUSER=%s:%s\n' "$name" "$environment" "$uid" "$uid" >"$root/image.env"

  size=$(du -s -B1 --apparent-size "$root" | cut -f1)
  if ((size > ${limit[$name]} * 1000 * 1000)); then
    echo "eng/images.sh: $name has $((size / 1000000)) MB, more than the ${limit[$name]} MB that it may have" >&2
    exit 1
  fi
  eng/oci-archive.sh "$root" "kdoctor/$name:$version" "out/images/$name.tar"
  echo "out/images/$name.tar  kdoctor/$name:$version  $((size / 1000000)) MB unpacked, $(du -h "out/images/$name.tar" | cut -f1) packed"
done
