// Package report writes what a run of verify found, for those who have to act on it:
// a person at a terminal, a page to send to a colleague, and the formats that CI
// systems read.
//
//	report.Text{Style: harness.ANSIColors}.Report(os.Stdout, r)
//	report.HTML(file, r)
//
// # Values from outside
//
// Header values, titles and URLs come from servers that may be hostile. No format
// lets one of them be anything but text: what could not be seen for what it is is
// spelled out, they are escaped as the format wants, and are cut where they are longer
// than anybody reads, with a mark that says how much is missing. Only [JSON] has them
// whole.
//
// # Decisions
//
// The HTML is one file that loads nothing, under a Content-Security-Policy that lets
// its own script and style run, by their hashes, and nothing else. What a reader needs
// to know of each finding is in the markup; how the exchange went is drawn when a
// finding is opened, from one block of JSON, because drawings of 5,000 findings at
// once would take seconds and tens of megabytes. Texts in that block stand in one
// table, since most findings share theirs.
package report
