# The Debian packages that SeatHold needs, and how scripts get them. Sourced, not run.

packages_library="g++ cmake ninja-build libsqlite3-dev libssl-dev libargon2-dev libutf8proc-dev
  libhowardhinnant-date-dev libfmt-dev libxxhash-dev
  nlohmann-json3-dev"
packages_cli="libcli11-dev libspdlog-dev pkgconf"
# The web host, besides those of the command line tool.
packages_web="libboost1.81-dev libqrencode-dev"
packages_tests="ccache lld pkgconf patch libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
  zlib1g-dev abigail-tools doxygen"
# What measures, besides: bench/release.sh.
packages_bench="libbenchmark-dev python3"
packages_tidy="clang-format-14 universal-ctags"
packages_sanitizers="clang libclang-rt-14-dev llvm"
# The servers beyond one machine and what speaks to them: optional, their tests are skipped without.
packages_servers="libpq-dev postgresql-15 pgbouncer libhiredis-dev redis-server"
# For the pages in a real browser.
packages_browser="nodejs chromium"
packages_go="golang-go gcc pkgconf"

# The Python package and its tests; hosts that fork, for their examples.
packages_python="python3 python3-venv python3-pip"
packages_python_tests="mypy gunicorn uwsgi-core uwsgi-plugin-python3"

missing_packages() {
  for package in "$@"; do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
      *" installed") ;;
      *) printf '%s ' "$package" ;;
    esac
  done
}

# Installs what is missing, having said so. Exits with 2 where that is not possible.
# SEATHOLD_PACKAGES=skip: the packages are there under other names (no Debian).
ensure_packages() {
  [ "${SEATHOLD_PACKAGES:-}" != skip ] || return 0
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  as_root=
  if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
  if ! command -v apt-get >/dev/null || ! ${as_root:+$as_root} true 2>/dev/null; then
    echo "These Debian packages are missing, and only root with apt can install them:"
    echo "  $missing"
    echo "Install them (or set SEATHOLD_PACKAGES=skip if you have them otherwise),"
    echo "then run this again."
    exit 2
  fi
  echo "Installing with apt: $missing"
  { $as_root apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing
  } >/dev/null || { echo "apt could not install: $missing" >&2; exit 2; }
}
