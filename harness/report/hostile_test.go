package report

import (
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// attacks are values that a hostile server sends. Each would set window.owned, or break
// the document, if it were not treated as text.
var attacks = []string{
	`<script>window.owned=1</script>`,
	`</script><script>window.owned=2</script>`,
	`"><img src=x onerror="window.owned=3">`,
	`'-(window.owned=4)-'`,
	`<!--<script>`,
	`]]></failure><![CDATA[`,
	"javascript:window.owned=5",
	`</style><style>body{display:none}</style>`,
	"a|b`c`\n::error::owned\n# owned",
	"\x1b[2J\x1b]0;owned\x07\x00\u202e\xff\xfe\u2028\uffff\ufffe",
	`{{.}} ${owned} &lt;b&gt; %0A`,
	strings.Repeat("A", 1<<20),
	strings.Repeat("<b>é\x00", 1<<10),
}

// hostile returns a Report of servers that attack its reader.
func hostile() finding.Report {
	r := finding.Report{Version: 1, Policy: attacks[1], Target: attacks[2], Fingerprint: attacks[0], Repeat: 1,
		Chrome: harness.Chrome{Version: attacks[0], Flags: attacks}, Notes: attacks, Ended: attacks[1],
		Sent: map[string]int{attacks[0]: 1, attacks[11]: 2}, Withheld: map[string]int{attacks[1]: 1}}
	for i, a := range attacks {
		b := attacks[(i+1)%len(attacks)]
		o := harness.Observation{
			Request: harness.Request{From: a, URL: "https://api.test/" + b, Method: a, Headers: harness.Header{{Name: a, Value: b}}},
			Verdict: harness.Blocked, Reason: harness.Reason(a), Parameter: b, Script: harness.Script{Error: a},
			Console: []harness.Message{{Source: a, Level: a, Text: a}},
			Issues:  []harness.Issue{{Code: a, Detail: b}},
			Exchanges: []harness.Exchange{{Kind: harness.ExchangeKind(a), Method: a, URL: b, Sent: true, Status: 200, Protocol: a, FromCache: a, NetError: a,
				RequestHeaders:  harness.Header{{Name: "Origin", Value: a}},
				ResponseHeaders: harness.Header{{Name: "Access-Control-Allow-Origin", Value: a}, {Name: "Access-Control-" + b, Value: a}}}},
			Page: harness.Page{Origin: a},
		}
		r.Findings = append(r.Findings, finding.Finding{
			ID: "K13", Key: a, Title: a, Level: "M", Side: "forbidden", Resource: b, Tags: []string{a}, Origin: a, Method: b,
			Outcome: finding.Outcomes()[i%7], Severity: finding.Severities()[i%4], Effect: a, Why: b, Meaning: a, Remedy: b, Anchor: a, Known: a,
			Steps: []finding.Step{{Want: harness.Readable, Decided: true, Observation: o, Error: a}},
		})
	}
	return r
}
