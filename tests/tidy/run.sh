#!/bin/sh
# Checks of the tree that no compiler makes. Prints "ok tidy: NAME" or "not ok tidy: NAME - where".
#   sh tests/tidy/run.sh [TREE]
# tests/tidy/self_test.sh shows that each of them can fail.
set -u
cd "${1:-$(dirname "$0")/../..}" || exit 2
bad=0

files() {  # files REGEX: tracked or about to be, by path
  if [ -e .git ] && command -v git >/dev/null; then
    git ls-files --cached --others --exclude-standard
  else
    find . -path ./build -prune -o -type f -print | sed 's|^\./||'
  fi | grep -E "$1" | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
}

# verdict NAME: fails when standard input has a line.
verdict() {
  found=$(head -n 10)
  if [ -z "$found" ]; then echo "ok tidy: $1"; return; fi
  echo "$found" | sed 's/^/  /'
  echo "not ok tidy: $1 - $(echo "$found" | head -n 1 | cut -d: -f1,2)"
  bad=1
}

# included PATTERN FILES_REGEX: lines of those files that include what matches.
included() { files "$2" | xargs -r grep -HnE "^ *# *include *[<\"]$1" /dev/null; }

code='\.(cc|h|c|sh|awk|cmake|py|go)$|(^|/)CMakeLists\.txt$'
cpp='\.(cc|h|c)$'

# Tables between "clang-format off" and "on" may be wider. Bytes above 0x7F that continue a UTF-8
# character do not count.
lines_fit() {
  files '\.(cc|h|cmake)$' | while read -r file; do
    LC_ALL=C awk -v file="$file" '/clang-format off/ { off = 1 } /clang-format on/ { off = 0 }
      { line = $0; gsub(/[\200-\277]/, "", line) }
      !off && length(line) > 100 { print file ":" NR ": " length(line) " columns" }' "$file"
  done
}

# The C header is one file, and the manual.
files_fit() {
  files "$code" | grep -v '^capi/include/seathold\.h$' | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 600 ] || echo "$file: $lines lines"
  done
}

# The rules get `now` as an argument; everything else asks a Clock. Tests and benchmarks may compare.
clocks_only_in_clock() {
  files '^(src|include|capi|examples)/.*\.(cc|h)$' | grep -v '^src/clock/' |
    xargs -r grep -HnE 'system_clock::now|(^|[^_[:alnum:]])time\((nullptr|NULL|0)\)|gettimeofday|CLOCK_REALTIME' \
    /dev/null
}

# only_in HEADER ALLOWED_PATHS
only_in() { included "$1" "$cpp" | grep -vE "^($2)"; }

third_party_in_its_place() {
  only_in 'sqlite3' 'src/sqlite/|src/storage/sqlite/|tests/|bench/|examples/cli/demo/naive'
  only_in 'hiredis' 'src/redis/|bench/'
  only_in 'openssl/' 'src/accounts/|src/clock/|src/util/|tests/|examples/web/host_key\.'
  only_in '(boost/|qrencode)' 'examples/web/(session|server|qr_code)\.'
  only_in 'argon2' 'src/accounts/|tests/'
  only_in '(gtest|gmock|rapidcheck)' 'tests/'
  only_in 'benchmark/' 'bench/'
  only_in 'date/' 'src/zone/'
}

# They cost 6-10 s of compile time each. The web host is a program of its own.
heavy_headers_once() {
  for header in 'nlohmann/' 'spdlog/' 'CLI/'; do
    where=$(included "$header" "$cpp" | cut -d: -f1 | sort -u | grep -vx 'examples/web/options\.cc')
    echo "$where" | grep -v '\.cc$' | grep .
    [ "$(echo "$where" | grep -c .)" -le 1 ] || echo "$where" | sed "s|\$|: one of several with $header|"
  done
}

# A public header includes the standard library (<no dot, no slash>) and "seathold/...", nothing else.
public_headers_lean_on_nothing() {
  files '^include/' | xargs -r grep -HnE '^ *# *include' /dev/null |
    grep -vE '# *include (<[a-z0-9_]+>|"seathold/[a-z0-9_/]+\.h")'
}

public_headers_stand_alone() {
  files '^include/.*\.h$' | xargs -r -n 1 -P "$(nproc)" sh -c '
    echo "#include \"${0#include/}\"" | ${CXX:-c++} -std=c++20 -Wall -Wextra -Werror -Iinclude \
      -fsyntax-only -x c++ - 2>&1 | grep -m 1 error'
}

layers_point_down() {
  included 'seathold/adapter/' '^include/seathold/[a-z0-9_]+\.h'
  included 'src/(engine|storage|claims|line|redis|sqlite|clock|accounts)/' '^src/rules/'
  included 'seathold/(engine|clock|adapter/(entropy|claim_cache|line|parts))\.h' '^src/rules/'
  included 'src/(engine|objects|commit|waiting_room|mirror|rules)/' \
    '^src/(storage|claims|line|redis|sqlite|clock|util)/'
  included 'src/(storage|claims|line)/' '^src/(redis|sqlite|util)/'
  included 'src/line/[a-z]+/' '^src/line/[a-z_]+\.'
  for adapter in storage/memory storage/sqlite storage/postgres claims/memory claims/redis \
    line/memory line/sqlite line/redis
  do
    included 'src/(storage|claims|line)/[a-z]+/' "^src/$adapter/" | grep -v "\"src/$adapter/"
  done
  # The one door to JSON stands in src/util.
  included 'src/' '^examples/' | grep -v '"src/util/'
}

# SQL is constant text with bound parameters. What is looked for: a literal with an SQL verb or clause
# that is joined (+, +=, <<, append, format, printf) to something. A line that only adds placeholders
# or names known at compile time says why with "tidy: sql"; table_sql.h is the one place that builds
# statements, from the names of tables and columns in our own code.
sql_is_constant() {
  sql='(SELECT |INSERT |UPDATE |DELETE |REPLACE |WHERE |VALUES ?\(|FROM |ORDER BY |ATTACH )'
  files '^(src|capi|examples)/.*\.(cc|h)$' | grep -vE '^src/storage/(sqlite|postgres)/table_sql\.(h|cc)$' |
    xargs -r grep -HnE \
    -e "\"[^\"]*$sql[^\"]*\" *(\+|<<)" -e "(\+=?|<<) *\"[^\"]*$sql" \
    -e "(format|printf|append|StrCat)\(.*\"[^\"]*$sql" /dev/null | grep -v 'tidy: sql'
}

# A hold is alive before its deadline and lapsed from it on: said in src/util/lapse.h, so that nobody
# writes <= for <. SQL says it where it stands, and names that file. Audits count for themselves.
deadlines_compared_in_one_place() {
  deadline='(expires_at|next_release_at|admitted_until|(pass|scan)\.until)'
  files '^(src|capi|examples)/.*\.(cc|h)$' | grep -vE '^src/util/lapse\.h$|audit[a-z_]*\.(cc|h)$' |
    xargs -r grep -HnE -e "$deadline(\.value)?\)* [<>]=? " \
    -e " [<>]=? ([a-z_]+(\(\))?(\.|->))*$deadline([^_a-z]|\$)" /dev/null
  files '^src/.*\.(cc|h)$' | grep -vE 'audit[a-z_]*\.h$' |
    xargs -r grep -HnE 'expires_at_us *[<>]=? ?[^> ]' /dev/null | while read -r found; do
    grep -q 'util/lapse\.h' "${found%%:*}" || echo "$found"
  done
}

# Version 14, since each formats a little otherwise.
formatted() {
  files "$cpp" | xargs -r -n 20 -P "$(nproc)" clang-format-14 --dry-run 2>&1 | grep -E '^[^ ].*: (warning|error):'
}

# Tests may have a table that is longer.
functions_fit() {
  files "$cpp" | grep -v '^tests/' | xargs -r ctags --languages=C,C++ --langmap=C++:+.h \
    --kinds-C=f --kinds-C++=f --fields=+ne -x --_xformat='%F %n %{end} %N' |
    awk '$3 - $2 + 1 > 70 { print $1 ":" $2 ": " $4 ", " $3 - $2 + 1 " lines" }'
}

# named REGEX FILES_REGEX: what matches in those files, as "file:line:match".
named() { files "$2" | xargs -r grep -HnoE "$1" /dev/null; }

# A path stands as it is from the root, from src/ or from its page; it may lack the ending of a file,
# and have * in it. Prose: what is linked or quoted and has a slash. Comments: what begins with one
# of our folders. CHANGELOG.md tells what was.
paths_exist() {
  prose='^((src/|docs/|tests/)?[^/]*|capi/abi/README)\.md$'
  {
    named '\]\([^)#:]+[)#]' "$prose" | sed 's/](//; s/[)#]$//'
    named '`[a-zA-Z0-9_.*-]+/[a-zA-Z0-9_.*/-]*`' "$prose" | tr -d '`'
    named '//.*' '\.(cc|h)$' | grep -v '"' | awk -F: '{ at = $1 ":" $2 ":"; sub(/^[^:]*:[^:]*:/, "")
      while (match($0, /(^|[^[:alnum:]_.\/-])(src|tests|include|examples|docs)\/[[:alnum:]_.\/-]+/)) {
        path = substr($0, RSTART, RLENGTH); $0 = substr($0, RSTART + RLENGTH)
        sub(/^[^[:alpha:]]/, "", path); sub(/[.]$/, "", path); print at path } }'
  } | grep -v '^CHANGELOG' | while IFS=: read -r file line path; do
    for from in . src "$(dirname "$file")" none; do
      if [ $from = none ]; then echo "$file:$line: $path"; break; fi
      # shellcheck disable=SC2086 # the pattern is one
      if ls -d $from/$path >/dev/null 2>&1 || ls -d $from/${path%/}.* >/dev/null 2>&1; then break; fi
    done
  done
}

# docs_of FILE DECLARATIONS: the comments in front of the lines that match.
docs_of() {
  [ ! -f "$1" ] || awk -v declared="$2" '
    /^ *(\/\*\*|\/\/)/ && !open { text = ""; open = 1 }
    open { text = text $0 "\n" }
    $0 ~ declared && open { print text }
    !/^ *(\/\/|\*|\/\*)/ { open = 0 }' "$1"
}

# codes_of: the codes named in C++ or in C, as C++ has them. kClosed is left out: C tells it, with
# what else every call may answer, once.
codes_of() {
  grep -oE 'SEATHOLD_E_[A-Z_]+|\bk[A-Z][A-Za-z]+' |
    awk '/^k/ { print; next }
      { n = split(substr($0, 12), word, "_"); name = "k"
        for (i = 1; i <= n; ++i) name = name substr(word[i], 1, 1) tolower(substr(word[i], 2))
        print name }' | sort -u | grep -vxE 'kClosed|kOk'
}

# codes_told RULES HEADER METHODS FUNCTIONS [INSIDE]: what those rules answer is named in the documentation
# of the methods, and what is named there is named in that of the C functions, and the other way.
# INSIDE is a code that the rules give to themselves alone.
codes_told() {
  rules=src/rules/$1.cc header=include/seathold/$2.h c=capi/include/seathold.h
  [ -f "$rules" ] && [ -f "$header" ] || return 0
  answered=$(grep -oE 'Code::k[A-Za-z]+' "$rules" | codes_of | grep -vx "${5:-}")
  told=$(docs_of "$header" "virtual void ($3)\\(" | codes_of)
  told_in_c=$(docs_of "$c" " seathold_($4)\\(" | codes_of)
  for code in $answered; do
    echo "$told" | grep -qx "$code" || echo "$header:$3: $code, which $rules answers, is not named"
  done
  [ ! -f "$c" ] || for code in $told $told_in_c; do
    echo "$told" | grep -qx "$code" || echo "$header:$3: $code, which $c names, is not named"
    echo "$told_in_c" | grep -qx "$code" || echo "$c:$4: $code, which $header names, is not named"
  done
}

# errors_told FILE DECLARATION LEFT_OUT: the codes named from "Errors" on in that documentation, in
# the order in which they stand last: the arguments of C's JSON come before those of the call.
errors_told() {
  docs_of "$1" "$2" | sed -n '/Errors/,$p' | grep -oE 'SEATHOLD_E_[A-Z_]+|\b(k|Err)[A-Z][A-Za-z]+' |
    sed 's/^Err\([A-Z]\)/k\1/' | while read -r name; do echo "$name" | codes_of; done |
    grep -xF "$known_codes" | grep -vxE "${3:-none}" | tac | awk '!seen[$0]++' | tac | tr '\n' ' '
}

# told_alike HEADER METHOD FUNCTION GO [LEFT_OUT]: the documentations of one call in C++, C and Go name
# the same codes in the same order, but for those that not every language can meet.
told_alike() {
  header=include/seathold/$1.h c=capi/include/seathold.h go=capi/go/${4%:*}.go
  [ -f "$header" ] && [ -f "$c" ] || return 0
  known_codes=$(sed -n 's/^ *X(\(k[A-Za-z]*\),.*/\1/p' include/seathold/status.h)
  told=$(errors_told "$header" "virtual .*[> ]$2\\(" "${5:-}")
  [ -n "$told" ] || echo "$header:$2: names no code"
  in_c=$(errors_told "$c" " seathold_$3\\(" "${5:-}")
  [ "$told" = "$in_c" ] || echo "$c:$3: has $in_c; $header: $told"
  [ -f "$go" ] || return 0
  in_go=$(errors_told "$go" "^func .*[) ]${4#*:}\\(" "${5:-}")
  [ "$told" = "$in_go" ] || echo "$go:${4#*:}: has $in_go; $header: $told"
}

# C++ has no buffer that is too small.
accounts_are_told_alike() {
  told_alike accounts Register account_register accounts:Register
  told_alike accounts Login account_login accounts:Login kBufferTooSmall
  told_alike accounts Authenticate account_authenticate accounts:Authenticate
  told_alike accounts ChangePassword account_password_change accounts:ChangePassword
  told_alike accounts Disable account_disable accounts:Disable
  told_alike accounts Erase account_erase accounts:Erase
  told_alike accounts UserIdFor account_user_for accounts:UserFor
}

queues_are_told_alike() {
  told_alike queue_manager Join queue_join queue:Join
  told_alike queue_manager Poll queue_poll queue:Poll
  told_alike queue_manager Admit queue_admit queue:Admit
  told_alike queue_manager Leave queue_leave queue:Leave
  told_alike queue_manager Revoke queue_revoke queue:Revoke
  told_alike queue_manager Stats queue_stats queue:LineStats
}

# Flags, switches and pointers are C's to refuse.
catalogs_are_told_alike() {
  told_alike catalog AddVenue venue_import catalog:ImportVenue kBufferTooSmall
  told_alike catalog GetPlan venue_plan catalog:Plan kBufferTooSmall
  told_alike catalog AddShow show_add catalog:AddShow
  told_alike catalog AddPerformance performance_add catalog:AddPerformance
  told_alike catalog SetSale performance_sale_set catalog:SetSale kInvalidArgument
  told_alike catalog ListSeats seat_list seats:Seats kBufferTooSmall
  told_alike catalog FindSeat seat_find catalog:FindSeat kInvalidArgument
}

# codes_answered HEADER FILES [INSIDE]: what these files answer by name is documented by some method of
# the header. Left out are storage's, which the documentations name as such, and INSIDE.
codes_answered() {
  header=include/seathold/$1.h
  [ -f "$header" ] || return 0
  told=$(docs_of "$header" 'virtual .*\(' | codes_of)
  stored=$(sed -n 's/^ *X(\(k[A-Za-z]*\), 12[0-9][0-9],.*/\1/p' include/seathold/status.h)
  for file in $2; do
    [ ! -f "$file" ] || grep -oE 'Code::k[A-Za-z]+' "$file" | codes_of |
      grep -vxF "$stored" | grep -vxE "${3:-none}" | while read -r code; do
      echo "$told" | grep -qx "$code" || echo "$header: $code, which $file answers, is not named"
    done
  done
}

codes_are_told() {
  codes_answered accounts "src/rules/accounts.cc src/objects/accounts.cc src/accounts/email.cc
    src/accounts/password_policy.cc"
  codes_answered queue_manager 'src/rules/queue.cc src/objects/queue_manager.cc'
  codes_answered catalog 'src/rules/catalog.cc src/objects/catalog.cc src/plan/plan_check.cc
    src/zone/zones.cc src/zone/performance_times.cc'
  accounts_are_told_alike
  queues_are_told_alike
  catalogs_are_told_alike
  codes_told hold reservation_system 'Hold|HoldBest' 'hold|hold_best'
  codes_told confirm reservation_system Confirm confirm kHoldConfirmed  # shown as a receipt
  codes_told release reservation_system 'Cancel|Refund' 'cancel|refund'
  codes_told block reservation_system 'Block|Unblock' 'block|unblock'
  codes_told wallet wallet 'Charge|Withdraw' 'charge|withdraw'
}

# check_with PROGRAM PACKAGE CHECK NAME: a check that is skipped where its program is not installed.
check_with() {
  if command -v "$1" >/dev/null; then $3 | verdict "$4"; else
    echo "skip tidy: $4 - $2 is not installed"
  fi
}

no_machine_paths() {
  pattern='/wo''rk/|/tmp/bui''ld|/ho''me/[a-z]'
  files . | xargs -r grep -HnIE "$pattern" /dev/null
}

lines_fit | verdict "lines of code are at most 100 columns"
files_fit | verdict "files are at most 600 lines"
clocks_only_in_clock | verdict "the wall clock is read only in src/clock"
third_party_in_its_place | verdict "third-party headers only in their places"
heavy_headers_once | verdict "spdlog, nlohmann and CLI11 in one file each"
public_headers_lean_on_nothing | verdict "public headers include only std and seathold"
public_headers_stand_alone | verdict "public headers compile alone"
layers_point_down | verdict "layers point downwards"
sql_is_constant | verdict "SQL is constant text"
deadlines_compared_in_one_place | verdict "deadlines are compared in src/util/lapse.h"
check_with clang-format-14 clang-format-14 formatted "code is formatted"
check_with ctags universal-ctags functions_fit "functions are at most 70 lines"
codes_are_told | verdict "codes that a rule answers are documented"
paths_exist | verdict "paths that are named exist"
no_machine_paths | verdict "no path of a machine"
exit $bad
