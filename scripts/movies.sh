#!/usr/bin/env bash
# Prints the path of movies.json: 3,201 real records, with nulls and with titles that are numbers.
# It is fetched from the npm package vega-datasets at first, and not committed. Needs npm.
#
#   THEORY_MOVIES_JSON=$(scripts/movies.sh) cargo test --workspace
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

package=vega-datasets@3.2.1
sha256=e63c499759e3b07b49563e036f55290f87feb56def8703ec049ca305ab1523d3

npm_package "$package" "$cache/${package/@/-}"
file=$cache/${package/@/-}/data/movies.json
echo "$sha256  $file" | sha256sum --check --quiet - >&2 || fail "$file is not the file that was expected"
echo "$file"
