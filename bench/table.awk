# Google Benchmark's JSON (one field a line) to Markdown: one row a benchmark, medians only, and the
# ratios to the yardsticks.

function rounded(value) {
  value += 0
  if (value >= 1e6) return sprintf("%.2f M", value / 1e6)
  if (value >= 1e4) return sprintf("%.0f k", value / 1e3)
  if (value >= 1e3) return sprintf("%.1f k", value / 1e3)
  return sprintf("%.3g", value)
}
function add(cell) { row = row (row == "" ? "" : ", ") cell }

# Processor time an item, over all threads: what does not wait for the disk or for other programs.
function cpu_an_item(name,    us) {
  us = of["cpu_time"] * (of["time_unit"] == "ms" ? 1000 : of["time_unit"] == "ns" ? 0.001 : 1)
  return sprintf("CPU %.3g us", us / items(name))
}
function items(name) {
  if (match(name, /batch_[0-9]+/)) return substr(name, RSTART + 6, RLENGTH - 6) + 0
  return name ~ /admit_1000/ ? 1000 : 1
}

/"benchmarks": \[/ { started = 1; next }
!started { next }
/^ *\{/ { split("", of); split("", keys); fields = 0; next }
/^ *\}/ { if (fields > 0) finish(); fields = 0; next }
/^ *"/ {
  line = $0
  sub(/^ *"/, "", line); sub(/,$/, "", line)
  at = index(line, "\": ")
  key = substr(line, 1, at - 1); text = substr(line, at + 3)
  gsub(/^"|"$/, "", text)
  of[key] = text; keys[++fields] = key
}

function finish(    name, i, key) {
  name = of["run_name"]
  if (of["error_occurred"] == "true") { failed[name] = of["error_message"] }
  if (of["aggregate_name"] != "median" && name !~ /^size\//) return
  sub(/\/real_time/, "", name); sub(/\/iterations:1/, "", name); sub(/\/repeats:[0-9]+/, "", name)
  row = ""
  if (of["items_per_second"] != "") add(rounded(of["items_per_second"]) "/s")
  else if (name !~ /^size\/|in_turn/) add(sprintf("%.3g %s", of["real_time"], of["time_unit"]))
  for (i = 1; i <= fields; ++i) {
    key = keys[i]
    value[name, key] = of[key]
    if (key !~ /^(holds_per_s|pays_per_s)$/ && key !~ /(bytes_a_|ratio$|^plain_per_s$|^per_s$)/) continue
    what = key == "per_s" ? "" : key
    gsub(/_per_s$/, "/s", what); gsub(/_/, " ", what)
    add(rounded(of[key]) (what == "" ? "/s" : " " what))
  }
  if (of["items_per_second"] != "") add(cpu_an_item(name))
  label = of["label"]
  sub(/sqlite, [^;]*/, "sqlite", label)  # the file's path says nothing
  rows[++count] = "| `" name "` | " row " | " label " |"
}

function ratio(name, field, what,    engine, bare) {
  engine = value[name "/sqlite", field] + 0; bare = value[name "/bare_sqlite", field] + 0
  if (bare <= 0 || engine <= 0) return
  printf "* `%s`, %s: %.2f of bare SQLite\n", name, what,
    field ~ /cpu/ ? bare / engine : engine / bare
}
END {
  print "| Benchmark | Median | Durability, cache |\n|---|---|---|"
  for (i = 1; i <= count; ++i) print rows[i] | "sort"
  close("sort")
  print ""
  ratio("sell/batch_1000", "holds_per_s", "holds")
  ratio("sell/batch_1000", "hold_cpu_us", "holds by processor time")
  ratio("sell/batch_1000", "pays_per_s", "payments")
  ratio("sell/batch_1000", "pay_cpu_us", "payments by processor time")
  ratio("sell/batch_1000", "items_per_second", "both")
  ratio("sell/one_caller", "items_per_second", "both, one at a time")
  for (name in failed) { print "FAILED " name ": " failed[name]; bad = 1 }
  exit bad
}
