#!/usr/bin/env bash
# AWS's DynamoDB Local, started without Docker: from the npm package that carries it, kept in memory.
#
#   dynamodb-local.sh start          starts it unless it runs already, and prints its URL
#   dynamodb-local.sh stop
#   dynamodb-local.sh url            prints the URL of the one that runs
#   dynamodb-local.sh run COMMAND…   starts one for COMMAND alone, which finds it in THEORY_DYNAMODB_LOCAL_URL
#                                    (and its version in THEORY_DYNAMODB_LOCAL_VERSION)
#
# Environment: PORT (a free one by default). Needs java 8 or later, curl, and npm at the first start.
# AWS's licence allows development and testing and forbids redistribution, so the package is fetched and never
# committed. This version has no option for the address on which it listens: it is all of them.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

package=amplify-dynamodb-simulator@2.9.30
version=1.25.1 # of the DynamoDB Local inside; the tests know what this version can do
simulator=$cache/${package/@/-}
state=${STATE_DIR:-$cache/dynamodb-local}

answers() {
  curl -sf -m 2 -o /dev/null "$1" -d '{}' \
    -H 'Content-Type: application/x-amz-json-1.0' -H 'X-Amz-Target: DynamoDB_20120810.ListTables' \
    -H 'X-Amz-Date: 20260101T000000Z' \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0'
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 12000))
    port_is_taken "$port" || { echo "$port"; return; }
  done
  fail "found no free port"
}

# The recorded process, provided that it is still ours: process ids are used again.
running() {
  [ -s "$state/pid" ] && ps -p "$(cat "$state/pid")" -o command= 2>/dev/null | grep -q DynamoDBLocal.jar
}

start() {
  if running; then
    cat "$state/url"
    return
  fi
  need java curl
  npm_package "$package" "$simulator"
  local port url log
  port=${PORT:-$(free_port)}
  url=http://127.0.0.1:$port
  log=$state/log
  port_is_taken "$port" && fail "port $port is taken"
  mkdir -p "$state"
  # Fast to start rather than fast in the long run: it lives for one run of the tests.
  (
    cd "$simulator/emulator"
    exec setsid java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx1g -Djava.library.path=./DynamoDBLocal_lib \
      -jar DynamoDBLocal.jar -port "$port" -inMemory -disableTelemetry
  ) >"$log" 2>&1 </dev/null &
  echo $! >"$state/pid"
  echo "$url" >"$state/url"
  for _ in $(seq 300); do
    if answers "$url"; then
      echo "$url"
      return
    fi
    kill -0 "$(cat "$state/pid")" 2>/dev/null || break
    sleep 0.1
  done
  tail -20 "$log" >&2
  stop
  fail "DynamoDB Local did not start"
}

stop() {
  if running; then
    local pid
    pid=$(cat "$state/pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 50); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
  fi
  rm -f "$state/pid" "$state/url"
}

case "${1:-}" in
  start) start ;;
  stop) stop ;;
  url) if running; then cat "$state/url"; else fail "not running"; fi ;;
  run)
    shift
    mkdir -p "$cache"
    state=$(mktemp -d "$cache/dynamodb-local.XXXXXX")
    trap 'stop; rm -rf "$state"' EXIT
    trap 'exit 130' INT TERM
    THEORY_DYNAMODB_LOCAL_URL=$(start)
    export THEORY_DYNAMODB_LOCAL_URL THEORY_DYNAMODB_LOCAL_VERSION=$version
    "$@"
    ;;
  *)
    sed -n '2,11s/^# \{0,1\}//p' "$0"
    exit 2
    ;;
esac
