# build_release TARGET...: what measures, in build/release, with whatever it lacks installed. Sourced
# from the root of the checkout, not run.
. cmake/packages.sh

build_release() {
  ensure_packages $packages_library $packages_cli $packages_servers $packages_bench
  mkdir -p build
  # The servers' libraries may be there since the folder was made.
  cmake --preset release -USEATHOLD_POSTGRES -USEATHOLD_REDIS ${cmake_more:-} >build/release.log 2>&1 &&
    cmake --build build/release --target "$@" >>build/release.log 2>&1 ||
    { tail -n 40 build/release.log >&2; exit 1; }
}
