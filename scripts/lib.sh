# What the scripts share. Sourced, not run.
# shellcheck shell=bash

# The repository's root, and the place for what a script downloads or leaves behind: never committed, and gone with
# `cargo clean` unless XDG_CACHE_HOME names a place for it.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
if [ -n "${XDG_CACHE_HOME:-}" ]; then
  cache=$XDG_CACHE_HOME/theory
else
  cache=$target/scripts
fi

fail() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || fail "needs $tool"
  done
}

# npm_package NAME@VERSION DIRECTORY: unpacks a package of the npm registry into a directory, at most once.
# The last step is a rename, so that two scripts may run at once and a half of a package is never seen.
npm_package() {
  local package=$1 directory=$2 work
  [ -d "$directory" ] && return
  need npm tar
  mkdir -p "$(dirname "$directory")"
  work=$(mktemp -d "$directory.XXXXXX")
  if ! (cd "$work" && npm pack --silent "$package" >npm.log 2>&1 && tar xzf ./*.tgz); then
    cat "$work/npm.log" >&2
    rm -rf "$work"
    fail "could not fetch $package from the npm registry"
  fi
  [ -d "$directory" ] || mv "$work/package" "$directory"
  rm -rf "$work"
}
