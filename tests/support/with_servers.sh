#!/bin/sh
# Runs a command beside a PostgreSQL and a Redis of its own, which end with it.
#   sh tests/support/with_servers.sh COMMAND...
# It finds them in SEATHOLD_TEST_POSTGRES and SEATHOLD_TEST_REDIS, which are URIs; where they cannot
# be had, SEATHOLD_TEST_NO_SERVERS says why.
set -u
. "$(dirname "$0")/../../examples/servers.sh"
trap 'stop_servers' EXIT
trap 'exit 130' INT TERM
start_servers "$(mktemp -d "${TMPDIR:-/tmp}/seathold-servers.XXXXXX")"
export SEATHOLD_TEST_POSTGRES="$postgres_uri" SEATHOLD_TEST_REDIS="$redis_uri"
export SEATHOLD_TEST_NO_SERVERS="$servers_missing"
"$@"
