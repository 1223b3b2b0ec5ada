#!/bin/sh
# The pages in a headless Chromium, against the web host of a build.
#   sh tests/web/browser/run.sh BUILD_DIR [NAME...]      default: every part, see run.mjs
# Prints "ok NAME", "not ok NAME - why" or "skip NAME - why". Screenshots are left in
# BUILD_DIR/results/browser, to be looked at.
set -u
here=$(dirname "$0")
build=${1:?BUILD_DIR}
shift
. "$here/ready.sh"
exec node "$here/run.mjs" --shots "$build/results/browser" "$@"
