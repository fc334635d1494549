#!/usr/bin/env bash
# Theory on other versions of the AWS SDK than the lock file's, and beside other users of HTTPS.
#
#   sdk-versions.sh oldest   the tests on exactly the oldest versions that Cargo.toml admits
#   sdk-versions.sh newest   the tests on the newest, unless the lock file has them already
#   sdk-versions.sh beside   programs that also use the SDK's default features, and reqwest
#
# Each works on a copy of the repository's files and leaves the repository as it is.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
need cargo git tar awk
# What is built for the repository serves the copies too, but for our own crates.
export CARGO_TARGET_DIR=$target

# Copies the files that git knows or would add, to `copy`. Newly made, so that cargo builds our crates from there.
copy_repository() {
  mkdir -p "$cache"
  copy=$(mktemp -d "$cache/sdk-versions.XXXXXX")
  trap 'rm -rf "$copy"' EXIT
  (cd "$root" && git ls-files -z --cached --others --exclude-standard | tar --null --files-from - --create) |
    tar --extract --touch --directory "$copy"
  cd "$copy"
}

# The crates of the SDK in a lock file, one a line. The crates of AWS's cryptography are not of them.
sdk_crates() {
  awk '$1 == "name" { name = $3 } $1 == "version" && name ~ /^"aws-/ && name !~ /^"aws-lc/ { print name, $3 }' "$1" |
    tr -d '"'
}

run_tests() {
  cargo fetch
  sdk_crates Cargo.lock | grep -E 'aws-(config|sdk-dynamodb|smithy-runtime-api) '
  cargo check --package theory-dynamodb --all-features
  # What the compiler says of mistakes, how fast it is and what examples print does not depend on the SDK.
  cargo test --workspace --exclude theory-benches --exclude theory-examples --exclude theory-ui-tests
}

case "${1:-}" in
  oldest)
    copy_repository
    # `"1.9"` becomes `"=1.9"`, and what the lock file says of the SDK is forgotten.
    sed -i -E '/^aws-/ s/"([0-9]+\.)/"=\1/' Cargo.toml
    awk 'BEGIN { RS = ""; ORS = "\n\n" } !/name = "aws-/ || /name = "aws-lc/' Cargo.lock >Cargo.lock.new
    mv Cargo.lock.new Cargo.lock
    run_tests
    ;;
  newest)
    copy_repository
    mapfile -t crates < <(sdk_crates Cargo.lock | sed 's/ /@/')
    cargo update "${crates[@]}"
    if [ "$(sdk_crates Cargo.lock)" = "$(sdk_crates "$root/Cargo.lock")" ]; then
      sdk_crates Cargo.lock | grep -E 'aws-(config|sdk-dynamodb|smithy-runtime-api) '
      echo "the lock file has the newest versions: the other tests ran on them"
    else
      run_tests
    fi
    ;;
  beside)
    copy_repository
    # The same versions as the workspace, so that what is built can be used again.
    cp Cargo.lock tests/beside/Cargo.lock
    cd tests/beside
    cargo run --package beside-sdk-defaults
    cargo run --package beside-reqwest
    ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
