# Builds the library and the command line tool into build/quickstart, and sets `tool` to it. Sourced
# from the root of the checkout, not run. SEATHOLD_PRESET names another preset to build.
. cmake/packages.sh
ensure_packages $packages_library $packages_cli ${packages_more:-}

build=build/quickstart
mkdir -p build
if [ ! -f $build/build.ninja ] || [ -n "${cmake_more:-}" ]; then
  echo "Configuring ($build)"
  cmake --preset "${SEATHOLD_PRESET:-release}" -B $build -DSEATHOLD_TESTS=OFF \
    -DSEATHOLD_BENCH=OFF ${cmake_more:--DSEATHOLD_BUILD_WEB=OFF} >$build.log 2>&1 || { cat $build.log; exit 1; }
fi
echo "Building the library and the command line tool"
cmake --build $build
tool=$build/seathold
