#!/bin/sh
# Plants bugs in the pages, each of which a check must catch.
#   sh tests/web/browser/mutants.sh BUILD_DIR [NAME...]      default: every one, see mutants.mjs
# Prints "ok mutant NAME", "not ok mutant NAME - why" or "skip browser - why".
set -u
here=$(dirname "$0")
build=${1:?BUILD_DIR}
shift
. "$here/ready.sh"
exec node "$here/mutants.mjs" "$build/pages-mutants" "$@"
