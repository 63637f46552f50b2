// Package report writes the results of a run: for a person at a terminal, as a page to
// send to a colleague, and in the formats that CI systems read.
//
//	report.Text{Style: harness.ANSIColors}.Report(os.Stdout, r)
//	report.HTML(file, r)
//
// Each of them begins with the problems of the report, which are the things to change: see
// [finding.Problem]. A [finding.Comparison] of two targets is written by [Text.Comparison],
// [ComparisonHTML], [ComparisonMarkdown], [ComparisonJUnit] and [ComparisonJSON].
//
// A [conform.Matrix] has formats of its own: [Text.Matrix], [MatrixPages], [MatrixMarkdown],
// [MatrixJSON] and [MatrixJUnit].
//
// # Values from outside
//
// Header values, titles and URLs come from servers that may be hostile. Every format
// shows them as text only: invisible characters are spelled out, the text is escaped as
// the format requires, and very long values are cut, with a mark that says how much is
// missing. Only [JSON] and [ComparisonJSON] have the whole values.
//
// # Decisions
//
// The HTML is one file that loads nothing. Its Content-Security-Policy permits its own
// script and style, by their hashes, and nothing else. The markup has what a reader needs
// to know of each finding. The exchange is drawn when a finding is opened, from one block
// of JSON: to draw 5,000 findings at once would take seconds and tens of megabytes. The
// texts of that block are in one table, since most findings have the same texts.
//
// The pages of a matrix are several files, because a reader wants one library at a time:
// the transcripts of 60 libraries have many megabytes. Their markup has everything, and
// their scripts only filter it, and draw the exchanges as the page of a report does.
//
// The Markdown of a matrix has behaviours as rows, since 74 columns fit on no screen. It
// has no row for a behaviour that all libraries of a table pass. No format has a score or a
// ranking: libraries choose different trade-offs.
package report
