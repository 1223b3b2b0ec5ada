# Google Benchmark's CSV to Markdown: one row a benchmark, medians only, and the ratios to bare
# SQLite.

function fields(line, out,    n, i, c, quoted, text) {
  n = 0; quoted = 0; text = ""
  for (i = 1; i <= length(line); ++i) {
    c = substr(line, i, 1)
    if (c == "\"") quoted = !quoted
    else if (c == "," && !quoted) { out[++n] = text; text = "" }
    else text = text c
  }
  out[++n] = text
  return n
}

function rounded(value) {
  if (value >= 1e6) return sprintf("%.2f M", value / 1e6)
  if (value >= 1e4) return sprintf("%.0f k", value / 1e3)
  if (value >= 1e3) return sprintf("%.1f k", value / 1e3)
  return sprintf("%.3g", value)
}

function add(cell) { row = row (row == "" ? "" : ", ") cell }

/^name,/ { fields($0, head); next }
head[1] == "" { next }
{
  n = fields($0, cell)
  name = cell[1]
  if (name !~ /_median$/ && name !~ /^size\//) next
  if (name ~ /_(mean|stddev|cv)$/) next
  sub(/_median$/, "", name); sub(/\/real_time/, "", name); sub(/\/iterations:1/, "", name)
  sub(/\/repeats:[0-9]+/, "", name)
  row = ""
  for (i = 1; i <= n; ++i) of[head[i]] = cell[i]
  if (of["error_occurred"] == "true") { add("ERROR " of["error_message"]) }
  else {
    for (i = 1; i <= n; ++i) {
      if (cell[i] == "" || head[i] ~ /^(name|iterations|cpu_time|time_unit|label|error_.*)$/) continue
      if (head[i] == "real_time" && (of["items_per_second"] != "" || name ~ /^size/)) continue
      if (head[i] == "real_time") add(sprintf("%.3g %s", cell[i], of["time_unit"]))
      else if (head[i] == "items_per_second") add(rounded(cell[i]) "/s")
      else { what = head[i]; gsub(/_/, " ", what); add(what " " rounded(cell[i])) }
      value[name, head[i]] = cell[i]
    }
  }
  rows[++count] = "| `" name "` | " row " | " of["label"] " |"
}
END {
  print "| Benchmark | Median | Durability, cache |\n|---|---|---|"
  for (i = 1; i <= count; ++i) print rows[i]
  print ""
  ratio("sell/batch_1000", "holds_per_s"); ratio("sell/batch_1000", "pays_per_s")
  ratio("sell/batch_1000", "items_per_second"); ratio("sell/one_caller", "items_per_second")
}
function ratio(name, field,    engine, bare) {
  engine = value[name "/sqlite", field]; bare = value[name "/bare_sqlite", field]
  if (bare > 0 && engine > 0)
    printf "* %s, %s: %.2f of bare SQLite\n", name, field, engine / bare
}
