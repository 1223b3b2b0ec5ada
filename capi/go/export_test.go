package seathold

// CodeRow is what the library knows of a code.
type CodeRow struct {
	Code       Code
	Name, Text string
	Outcome    Outcome
	Retryable  bool
}

// CodeTable gives the library's table, for the test that compares it with the sentinels.
func CodeTable() []CodeRow {
	var rows []CodeRow
	for code, info := range codes() {
		if info.name != "" {
			rows = append(rows, CodeRow{Code(code), info.name, info.text, info.outcome,
				info.retryable})
		}
	}
	return rows
}
