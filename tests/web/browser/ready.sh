# Read by run.sh and mutants.sh: names the programs of the build in $build, or ends with a line that says
# which program is missing.
for program in node "${CHROMIUM:-chromium}"; do
  command -v "$program" >/dev/null || { echo "skip browser - $program is not installed"; exit 0; }
done
[ -x "$build/seathold-web" ] || { echo "skip browser - the web host is not built"; exit 0; }
SEATHOLD_CLI=$build/seathold SEATHOLD_WEB=$build/seathold-web
export SEATHOLD_CLI SEATHOLD_WEB
