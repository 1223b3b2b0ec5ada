# Reads GoogleTest's XML reports. Prints "FAIL name", "SKIP name: reason", and closes with
# "passed failed skipped".
function attribute(key,    at, rest) {
  at = index($0, " " key "=\"")
  if (!at) return ""
  rest = substr($0, at + length(key) + 3)
  return substr(rest, 1, index(rest, "\"") - 1)
}
function close_case() {
  if (name == "") return
  if (state == "failed") { failed++; print "FAIL " name }
  else if (state == "skipped") { skipped++; print "SKIP " name ": " reason }
  else passed++
  name = ""
}
/^ *<testcase / {
  close_case()
  name = attribute("classname") "." attribute("name")
  state = "passed"
  reason = ""
  if (attribute("result") == "skipped") { state = "skipped"; reason = "no reason given" }
  if (attribute("status") == "notrun") { state = "skipped"; reason = "disabled" }
}
/^ *<failure / { if (name != "") state = "failed" }
/^ *<skipped message=/ {
  reason = attribute("message")
  sub(/^[^&]*&#x0A;/, "", reason)  # the place in the file
  gsub(/&#x0A;/, " ", reason)
  gsub(/&quot;/, "\"", reason); gsub(/&apos;/, "'", reason)
  gsub(/&lt;/, "<", reason); gsub(/&gt;/, ">", reason); gsub(/&amp;/, "\\&", reason)
}
END { close_case(); print passed + 0, failed + 0, skipped + 0 }
