#!/bin/sh
# Shows that the checks of the pages can fail: plants one bug at a time in a copy of them, and the
# check that its patch names must catch it.
#   sh tests/web/browser/mutants.sh BUILD_DIR [NAME...]      default: every patch in mutants/
# A patch opens with "# plants: WHAT" and "# caught by: PART: HOW THE NAME OF THE CHECK BEGINS".
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:?BUILD_DIR}" && pwd)
shift
cd "$here/../../.." || exit 2
copy=$build/pages-mutant
log=$build/pages-mutant.log
bad=0
not_ok() { echo "not ok mutant $1 - $2"; bad=1; }

[ $# -gt 0 ] || set -- $(ls "$here"/mutants | sed -n 's/\.patch$//p')
for name in "$@"; do
  patch=$here/mutants/$name.patch
  caught_by=$(sed -n 's/^# caught by: //p' "$patch")
  rm -rf "$copy"
  mkdir -p "$copy/examples/web"
  cp -R examples/web/pages "$copy/examples/web/"
  if ! patch -s -d "$copy" -p1 <"$patch" >/dev/null; then not_ok "$name" "does not apply"; continue; fi
  SEATHOLD_PAGES=$copy/examples/web/pages sh "$here/run.sh" "$build" "${caught_by%%: *}" >"$log" 2>&1
  if grep -q "^not ok ${caught_by#*: }" "$log"; then echo "ok mutant $name"
  elif grep -q '^skip ' "$log"; then sed -n 's/^skip browser/skip mutant '"$name"'/p' "$log"
  else not_ok "$name" "the check that begins with \"${caught_by#*: }\" did not fail"; fi
done
rm -rf "$copy"
exit $bad
