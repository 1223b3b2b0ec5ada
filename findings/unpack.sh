# unpack PACKAGE=VERSION...: Debian packages of just these versions, laid out under $root, a folder
# that goes with the script. Sourced, not run. Exits with 2 where a version is not to be had: then
# nothing is known of it, and the finding is neither confirmed nor gone.
root=$(mktemp -d) || exit 2
trap 'rm -rf "$root"' EXIT
trap 'exit 130' INT TERM

unpack() {
  for package in "$@"; do
    (cd "$root" && apt-get download -qq "$package" >/dev/null 2>&1) ||
      { echo "cannot download $package" >&2; exit 2; }
  done
  for archive in "$root"/*.deb; do dpkg -x "$archive" "$root"; done
  include=$root/usr/include
  libraries=$root/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || gcc -print-multiarch)
}

# expect WHAT EXPECTED SEEN
expect() {
  echo "$1: $3"
  [ "$2" = "$3" ] || { echo "  expected $2: what this file says is true no longer"; exit 1; }
}
