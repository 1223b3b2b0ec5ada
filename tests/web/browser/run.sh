#!/bin/sh
# The pages in a headless Chromium, against the web host of a build.
#   sh tests/web/browser/run.sh BUILD_DIR [NAME...]      default: every part, see run.mjs
# Prints "ok NAME", "not ok NAME - why" or "skip NAME - why". Screenshots are left in
# BUILD_DIR/results/browser, to be looked at.
set -u
here=$(dirname "$0")
build=${1:?BUILD_DIR}
shift
for program in node "${CHROMIUM:-chromium}"; do
  command -v "$program" >/dev/null || { echo "skip browser - $program is not installed"; exit 0; }
done
[ -x "$build/seathold-web" ] || { echo "skip browser - the web host is not built"; exit 0; }
SEATHOLD_CLI=$build/seathold SEATHOLD_WEB=$build/seathold-web
export SEATHOLD_CLI SEATHOLD_WEB
exec node "$here/run.mjs" --shots "$build/results/browser" "$@"
