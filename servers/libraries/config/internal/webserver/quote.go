package webserver

import "strings"

// quoteKeeping quotes with ", for a server that reads a backslash as an escape only before
// one of the characters of special. Other backslashes stay as they are, so that a regular
// expression looks as its users write it.
func quoteKeeping(special string) func(string) string {
	return func(s string) string {
		var b strings.Builder
		b.WriteByte('"')
		for i := range len(s) {
			last := i+1 == len(s)
			if s[i] == '"' || s[i] == '\\' && (last || strings.IndexByte(special, s[i+1]) >= 0) {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		}
		b.WriteByte('"')
		return b.String()
	}
}

// quoteShell quotes with ', as in a shell.
func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// quoteVCL quotes for Varnish, where a string has no escapes, but a second form.
func quoteVCL(s string) string {
	if strings.Contains(s, `"`) {
		return `{"` + s + `"}`
	}
	return `"` + s + `"`
}
