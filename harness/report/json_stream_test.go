package report

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/finding"
)

// documentOf writes a text to a file.
func documentOf(t *testing.T, text []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "r.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// wholeJSON writes a document that is in memory.
func wholeJSON(w io.Writer, r finding.Report) error { return writeJSON(w, document{r.Problems(), r}) }

// A document that is read as a stream, and written as a stream, is the same document.
func TestStreamsKeepADocument(t *testing.T) {
	for name, r := range map[string]finding.Report{
		"demo": demo(), "hostile": hostile(), "of a shard": func() finding.Report {
			r := few()
			r.Shard = &finding.Shard{Index: 1, Of: 1, System: "GitLab"}
			return r
		}(), "nothing": {Version: finding.Version},
	} {
		text := written(t, JSON, r)
		source, err := Open(documentOf(t, text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		parsed, err := Parse("r.json", text)
		if err != nil {
			t.Fatal(err)
		}
		want := written(t, wholeJSON, parsed)
		findings := parsed.Findings
		parsed.Findings = []finding.Finding{}
		if !reflect.DeepEqual(source.Head, parsed) {
			t.Errorf("%s: the head is\n%+v\nwant\n%+v", name, source.Head, parsed)
		}
		var b bytes.Buffer
		head := source.Head
		head.Findings = findings // for the problems
		if err := JSONStream(&b, head, source.Findings()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), want) {
			at := 0
			for b.Bytes()[at] == want[at] {
				at++
			}
			t.Errorf("%s: the documents differ:\n%.200q\nwant\n%.200q", name, b.Bytes()[at-20:], want[at-20:])
		}
		before := openFiles()
		for range source.Findings() {
			break
		}
		if after := openFiles(); after != before {
			t.Errorf("%s: a stream that is not read to its end leaves %d files open", name, after-before)
		}
	}
}

// openFiles is the number of open files of this process. It is 0 where the system does not
// tell.
func openFiles() int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(list)
}

// Faults are told as [Read] tells them, and a fault after the head is told by the findings.
func TestOpenFaults(t *testing.T) {
	for text, want := range map[string]string{
		`{"version": 2, "findings": []}`:                                             "it is a report of version 2, want 1",
		`{"version": 1, "libraries": []}`:                                            "it is a matrix of libraries, want a report",
		`{"version": 1, "libraries": [], "findings": []}`:                            "it is a matrix of libraries, want a report",
		`{"version": 1}`:                                                             "it has no version or no findings",
		`{"findings": []}`:                                                           "it has no version or no findings",
		`{"version": 1, "shard": {"index": 3, "of": 2}, "findings": []}`:             "shard 3 of 2",
		`{"version": 1, "findings": [{"id": "K01", "key": "k", "outcome": "fine"}]}`: `finding 1, K01: the outcome "fine" is unknown`,
		`{"version": 1, "findings": [}`:                                              "r.json:1:",
		`{"version": 1, "findings": [] `:                                             "r.json:1:",
		`{"version": 1, "findings": []} {}`:                                          "r.json:1:",
		`{"version": 1, "findings": [], "target": "https://api.test"}`:               "target comes after the findings: want the findings last",
		`[]`: "r.json:1:", ``: "r.json",
	} {
		source, err := Open(documentOf(t, []byte(text)))
		if err == nil {
			for _, err = range source.Findings() {
			}
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	if _, err := Open("/nowhere.json"); err == nil || !strings.Contains(err.Error(), "/nowhere.json") {
		t.Errorf("%v", err)
	}
}

// generated is a shard of so many probes, whose findings held, are never in memory at once.
func generated(index, of, probes int) finding.Source {
	s := finding.Shard{Index: index, Of: of}
	held := few().Findings[0]
	held.Outcome, held.Severity, held.Effect, held.Why, held.Steps, held.Runs = finding.Held, "", "", "", nil, nil
	return finding.Source{File: s.String(), Head: finding.Report{Version: finding.Version, Shard: &s, Policy: "policy.yaml"}, Findings: func() iter.Seq2[finding.Finding, error] {
		return func(yield func(finding.Finding, error) bool) {
			for i := range probes / of {
				f := held
				f.Number = s.Number(i)
				f.Key = fmt.Sprintf("/v1/resource/%d https://app.example.com GET", f.Number)
				if !yield(f, nil) {
					return
				}
			}
		}
	}}
}

// counter counts bytes, and looks at the memory in use from time to time.
type counter struct {
	bytes, looks int
	most         uint64
}

func (c *counter) Write(text []byte) (int, error) {
	if c.bytes>>23 != (c.bytes+len(text))>>23 { // every 8 MB
		c.most = max(c.most, inUse())
		c.looks++
	}
	c.bytes += len(text)
	return len(text), nil
}

// inUse is the memory in use after a collection, in bytes.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// The memory of a merge does not grow with the number of shards, nor with the probes that
// held. The size of the merged report does.
func TestMergeInFlatMemory(t *testing.T) {
	const each = 500 // probes of a shard
	var used [2]uint64
	for i, of := range []int{20, 200} {
		before := inUse()
		var sources []finding.Source
		for index := 1; index <= of; index++ {
			sources = append(sources, generated(index, of, of*each))
		}
		joined, err := finding.Join(sources, false)
		if err != nil {
			t.Fatal(err)
		}
		var c counter
		if err := JSONStream(&c, joined.Report, joined.Findings()); err != nil {
			t.Fatal(err)
		}
		used[i] = max(c.most, before) - before // the live memory of other tests is in both
		t.Logf("%d shards, %d probes: report %.1f MB, %d bytes a probe, memory %.2f MB", of, joined.Report.Total(), float64(c.bytes)/1e6, c.bytes/(of*each), float64(used[i])/1e6)
		if joined.Report.Total() != of*each || c.bytes < of*each*300 || i == 1 && c.looks == 0 {
			t.Errorf("%d findings in %d bytes, memory looked at %d times", joined.Report.Total(), c.bytes, c.looks)
		}
	}
	if used[1] > 16<<20 {
		t.Errorf("200 shards need %d bytes, 20 shards %d", used[1], used[0])
	}
}
