#!/bin/sh
# Plants one violation at a time in a small tree of its own: the check meant for it, and no other,
# must fail.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 2
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT

clean_tree() {
  rm -rf "$tree"
  mkdir -p "$tree/include/seathold" "$tree/src/rules" "$tree/src/storage/sqlite" "$tree/src/util"
  printf '#pragma once\n#include <string>\nnamespace seathold { std::string Name(); }\n' \
    >"$tree/include/seathold/name.h"
  printf '#include "seathold/name.h"\n#include "src/util/text.h"\n' >"$tree/src/rules/rule.cc"
  printf '#include <sqlite3.h>\nauto q = "SELECT a FROM b WHERE c=?";\n' \
    >"$tree/src/storage/sqlite/rows.cc"
  echo 'DisableFormat: true' >"$tree/.clang-format"
}

failures() { sh "$here/run.sh" "$tree" | sed -n 's/^not ok tidy: \(.*\) - .*/\1/p'; }

expect() {  # expect CHECK WHAT
  got=$(failures)
  if [ "$got" = "$1" ]; then echo "ok tidy self-test: $2"
  else echo "not ok tidy self-test: $2 - wanted \"$1\", got \"$got\""; fi
}

# plant CHECK FILE LINE: appends the line to the file of a clean tree.
plant() {
  clean_tree
  mkdir -p "$tree/$(dirname "$2")"
  printf '%s\n' "$3" >>"$tree/$2"
  expect "$1" "$2: $(printf '%.40s' "$3" | head -n 1)"
}

clean_tree
expect "" "a clean tree passes"

columns=$(printf '%0101d' 0)
plant "lines of code are at most 100 columns" src/util/wide.cc "$columns"
plant "" src/util/fits.cc "${columns#0}"
plant "" src/util/table.cc "// clang-format off
$columns"
lines=$(awk 'BEGIN { for (i = 0; i < 600; ++i) print "//" }')
plant "files are at most 600 lines" src/util/long.cc "$lines
//"
plant "" src/util/fits.cc "$lines"

clock="the wall clock is read only in src/clock"
plant "$clock" src/engine/a.cc "auto t = std::chrono::system_clock::now();"
plant "$clock" src/engine/a.cc "auto t = time(nullptr);"
plant "$clock" src/engine/a.cc "gettimeofday(&t, nullptr);"
plant "$clock" examples/cli/a.cc "clock_gettime(CLOCK_REALTIME, &t);"
plant "" src/clock/a.cc "clock_gettime(CLOCK_REALTIME, &t);"
plant "" src/engine/a.cc "auto t = lifetime(0);"

place="third-party headers only in their places"
plant "$place" src/engine/a.cc "#include <sqlite3.h>"
plant "$place" src/storage/memory/a.cc '#include "sqlite3.h"'
plant "$place" src/rules/a.cc "#include <openssl/evp.h>"
plant "$place" src/engine/a.cc "#include <hiredis/hiredis.h>"
plant "$place" src/engine/a.cc "#include <argon2.h>"
plant "$place" src/util/a.cc "#include <gtest/gtest.h>"
plant "$place" src/util/a.cc "#include <sqlite3.h>"
plant "" src/sqlite/a.cc "#include <sqlite3.h>"
plant "$place" examples/web/a.cc "#include <boost/asio/post.hpp>"
plant "$place" examples/web/a.cc "#include <openssl/hmac.h>"
plant "" tests/a/b_test.cc "#include <sqlite3.h>"

once="spdlog, nlohmann and CLI11 in one file each"
plant "$once" src/util/a.h "#include <spdlog/spdlog.h>"
clean_tree
for file in a b; do echo "#include <nlohmann/json.hpp>" >"$tree/src/util/$file.cc"; done
expect "$once" "two files with nlohmann"
plant "" src/util/a.cc "#include <nlohmann/json.hpp>"

lean="public headers include only std and seathold"
plant "$lean" include/seathold/a.h "#include <unistd.h>"
clean_tree
printf '#include "src/util/text.h"\n' >"$tree/include/seathold/a.h"
: >"$tree/src/util/text.h"
expect "$lean
public headers compile alone" "a public header that includes from src"
plant "public headers compile alone" include/seathold/a.h "std::string Forgot();"

layers="layers point downwards"
plant "$layers" src/rules/a.cc '#include "src/engine/queue.h"'
plant "$layers" src/rules/a.cc '#include "src/storage/sqlite/rows.h"'
plant "$layers" src/rules/a.cc '#include "seathold/clock.h"'
plant "$layers" src/storage/memory/a.cc '#include "src/storage/sqlite/rows.h"'
plant "$layers" src/storage/sqlite/a.cc '#include "src/engine/queue.h"'
plant "$layers" src/sqlite/a.cc '#include "src/storage/sqlite/rows.h"'
plant "$layers" src/claims/memory/a.cc '#include "src/rules/hold.h"'
plant "$layers" src/line/memory/a.cc '#include "src/line/redis/line_scripts.h"'
plant "$layers" src/line/line_rules.cc '#include "src/line/memory/memory_line.h"'
plant "$layers" src/redis/a.cc '#include "src/line/line_rules.h"'
plant "" src/line/memory/a.cc '#include "src/line/line_rules.h"'
clean_tree
mkdir "$tree/include/seathold/adapter"
printf '#include "seathold/adapter/b.h"\n' >"$tree/include/seathold/a.h"
: >"$tree/include/seathold/adapter/b.h"
expect "$layers" "a user's header that includes an adapter's"
plant "$layers" examples/cli/a.cc '#include "src/engine/queue.h"'
plant "" src/storage/sqlite/a.cc '#include "src/storage/sqlite/rows.h"'

sql="SQL is constant text"
plant "$sql" src/util/a.cc 'auto q = "SELECT * FROM t WHERE id=" + id;'
plant "$sql" src/util/a.cc 'q += " WHERE name=";'
plant "$sql" src/util/a.cc 'fmt::format("DELETE FROM t WHERE id={}", id);'
plant "$sql" src/util/a.cc 'snprintf(b, n, "INSERT INTO t VALUES(%d)", id);'
plant "$sql" src/util/a.cc 'q.append("VALUES (");'
plant "$sql" examples/cli/a.cc 'out << "UPDATE t SET a=" << a;'
plant "" src/storage/sqlite/table_sql.h 'auto q = "SELECT a FROM " + kTable;'
plant "" src/util/a.cc 'q += " VALUES (?)";  // tidy: sql, one placeholder a row'

lapse="deadlines are compared in src/util/lapse.h"
plant "$lapse" src/rules/a.cc 'if (now <= hold.expires_at) return;'
plant "$lapse" src/mirror/a.cc 'return it->second.expires_at > now ? &it->second : nullptr;'
plant "$lapse" src/engine/a.cc 'bool over = now.value >= pass->admitted_until.value;'
plant "$lapse" capi/a.cc 'if (place.admitted_until.value < now) return;'
plant "$lapse" src/storage/memory/a.cc 'return std::get<0>(entry) <= scan.until;'
plant "$lapse" src/storage/sqlite/a.cc 'auto q = "expires_at_us <= ?5";'
plant "" src/storage/sqlite/a.cc '// As util/lapse.h has it.
auto q = "expires_at_us <= ?5";'
plant "" src/storage/sqlite/b.h 'auto q = "s.expires_at_us <> h.expires_at_us";'
plant "" src/storage/memory/memory_audit.cc 'held += seat.expires_at > now;'
plant "" src/rules/a.cc 'std::optional<TimeUs> expires_at; seats[i]->expires_at = HasLapsed(expires_at, now);'

plant "no path of a machine" docs/a.md "see /wo""rk/main"

if command -v clang-format-14 >/dev/null; then
  clean_tree
  cp "$here/../../.clang-format" "$tree"
  sed -i '$d' "$tree/src/storage/sqlite/rows.cc"
  printf '#pragma once\n#include <string>\nnamespace seathold {\nstd::string Name();\n}\n' \
    >"$tree/include/seathold/name.h"
  expect "" "a formatted tree"
  echo 'int  Two();' >>"$tree/src/rules/rule.cc"
  expect "code is formatted" "two blanks"
else
  echo "skip tidy self-test: formatting - clang-format-14 is not installed"
fi

if command -v ctags >/dev/null; then
  lines=$(awk 'BEGIN { for (i = 0; i < 68; ++i) print "  ++n;" }')
  plant "" src/util/fits.cc "void Long(int n) {
$lines
}"
  plant "functions are at most 70 lines" src/util/long.cc "void Long(int n) {
$lines
  ++n;
}"
else
  echo "skip tidy self-test: length of functions - universal-ctags is not installed"
fi

told="codes that a rule answers are documented"
# documented RULE CPP_CODES C_CODES: a rule with its two documentations.
documented() {
  clean_tree
  mkdir -p "$tree/capi/include"
  echo "Status s = Code::$1;" >"$tree/src/rules/wallet.cc"
  printf '#pragma once\nstruct Wallet {\n  // Errors: %s.\n  virtual void Charge(int a) = 0;\n};\n' \
    "$2" >"$tree/include/seathold/wallet.h"
  printf '/** Errors:\n *  ::%s. */\nint seathold_charge(int a);\n' "$3" >"$tree/capi/include/seathold.h"
}
documented kSeatTaken kSeatTaken SEATHOLD_E_SEAT_TAKEN
expect "" "a code that both headers name"
documented kSeatTaken "kSeatTaken, kBusy" SEATHOLD_E_SEAT_TAKEN
expect "$told" "a code that C forgets"
documented kSeatTaken kSeatTaken "SEATHOLD_E_SEAT_TAKEN, ::SEATHOLD_E_BUSY"
expect "$told" "a code that C++ forgets"
documented kSoldOut kSeatTaken SEATHOLD_E_SEAT_TAKEN
expect "$told" "a code that both forget"

# alike CPP C GO: one call, as three languages have it.
alike() {
  clean_tree
  mkdir -p "$tree/capi/include" "$tree/capi/go"
  printf '#pragma once\n#define CODES(X) \\\n  X(kUnknownUser, 408, kRefused) \\\n  X(kReadOnly, 1207, kBusy)\n' \
    >"$tree/include/seathold/status.h"
  for call in "Register account_register" "Login account_login" "Authenticate account_authenticate" \
    "ChangePassword account_password_change" "Disable account_disable" "Erase account_erase" \
    "UserIdFor account_user_for"
  do
    printf '  // Errors: %s, storage.\n  virtual Status %s(int a) = 0;\n' "$1" "${call% *}" \
      >>"$tree/include/seathold/accounts.h"
    printf '/** Errors: ::%s. */\nint seathold_%s(int a);\n' "$2" "${call#* }" \
      >>"$tree/capi/include/seathold.h"
    printf '// Errors: %s.\nfunc (e *Engine) %s(a int) {\n' "$3" "${call% *}" |
      sed 's/UserIdFor/UserFor/' >>"$tree/capi/go/accounts.go"
  done
  { echo '#pragma once'; echo 'using Status = int; struct Accounts {'
    cat "$tree/include/seathold/accounts.h"; echo '};'; } >"$tree/accounts.h"
  mv "$tree/accounts.h" "$tree/include/seathold/accounts.h"
}
both="SEATHOLD_E_READ_ONLY, ::SEATHOLD_E_UNKNOWN_USER"
alike "kReadOnly, kUnknownUser" "$both" "ErrReadOnly, ErrUnknownUser"
expect "" "three languages that name the same codes"
alike "kReadOnly, kUnknownUser" SEATHOLD_E_READ_ONLY "ErrReadOnly, ErrUnknownUser"
expect "$told" "a code of an account that C forgets"
alike "kReadOnly, kUnknownUser" "$both" "ErrUnknownUser, ErrReadOnly"
expect "$told" "codes that Go has in another order"
alike "kReadOnly, kUnknownUser" "$both" "ErrReadOnly, ErrUnknownUser"
mkdir -p "$tree/src/objects"
echo 'Status s = Code::kEmailTaken;' >"$tree/src/objects/accounts.cc"
expect "$told" "a code of an account that no method names"

paths="paths that are named exist"
plant "$paths" README.md "see [the rules](src/rules/none.cc)"
plant "$paths" README.md "see [the rules](src/rules/rule.cc), \`src/rule/\`"
plant "$paths" src/README.md "| \`storage/sqlite/row\` | one |"
plant "$paths" src/util/a.cc "int a;  // as tests/rules/none_test.cc shows"
plant "" src/README.md "| \`storage/sqlite/rows\`, \`rules/*.cc\` | [a](rules/rule.cc), \`src/util/\` |"
plant "" docs/a.md "[up](../src/rules/rule.cc#top), \`a and/or b\`, [out](https://example.org/a)"
plant "" src/util/a.cc "// see src/rules/rule.cc, and src/storage/sqlite/rows.
auto path = \"//tests/none\";"
