package conform

import (
	"reflect"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/finding"
)

// partOf is the matrix of a part of the libraries, all of one language.
func partOf(file, language string, shard *finding.Shard, names ...string) Part {
	m := Matrix{
		Version: Version, Corsproof: "v1", Chrome: harness.Chrome{Version: "Chrome/156.0.1", Flags: []string{"--headless"}}, Shard: shard,
		Started: time.Date(2026, 11, 25, 10, len(names), 0, 0, time.UTC), Seconds: float64(len(names)), Requests: 100 * len(names), Libraries: []Result{},
	}
	for _, name := range names {
		m.Libraries = append(m.Libraries, Result{Name: name, Language: language, Policies: []ResultOfPolicy{{Name: "single"}, {Name: "none"}}})
	}
	return Part{File: file, Matrix: m}
}

func shardOf(index, of int) *finding.Shard { return &finding.Shard{Index: index, Of: of} }

func TestMerge(t *testing.T) {
	parts := []Part{
		partOf("b.json", "go", shardOf(2, 2), "rs-cors"),
		partOf("a.json", "go", shardOf(1, 2), "echo-v4", "iris"),
		partOf("c.json", "node", nil, "hono"),
		partOf("d.json", "config", nil),
	}
	parts[2].Matrix.Chrome.Version = "Chrome/156.0.0"
	parts[2].Matrix.Ended = "interrupted"
	parts[3].Matrix.Libraries = []Result{{Name: "nginx", Language: "config", NotRun: "no nginx"}}
	got, err := Merge(parts)
	if err != nil {
		t.Fatal(err)
	}
	want := parts[0].Matrix
	want.Shard, want.Requests, want.Seconds, want.Started = nil, 400, 2, parts[3].Matrix.Started
	want.Chrome.Version, want.Ended = "Chrome/156.0.0 and Chrome/156.0.1", "c.json: interrupted"
	want.Libraries = []Result{parts[3].Matrix.Libraries[0], parts[1].Matrix.Libraries[0], parts[1].Matrix.Libraries[1], parts[0].Matrix.Libraries[0], parts[2].Matrix.Libraries[0]}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n%+v\nwant\n%+v", got, want)
	}
	if parts[0].File != "b.json" || parts[0].Matrix.Shard == nil || len(parts[0].Matrix.Libraries) != 1 {
		t.Error("the parts themselves were changed")
	}
}

// The matrix of a run without shards, and of a run with one shard.
func TestMergeOfOne(t *testing.T) {
	whole := partOf("w.json", "go", nil, "rs-cors", "echo-v4")
	if got, err := Merge([]Part{whole}); err != nil || !reflect.DeepEqual(got, whole.Matrix) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := Merge([]Part{partOf("s.json", "go", shardOf(1, 1), "rs-cors")}); err != nil || got.Shard != nil || len(got.Libraries) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMergeFaults(t *testing.T) {
	changed := func(p Part, change func(*Matrix)) Part {
		change(&p.Matrix)
		return p
	}
	goes, nodes := partOf("go.json", "go", nil, "rs-cors"), partOf("node.json", "node", nil, "hono")
	for name, c := range map[string]struct {
		parts []Part
		want  string
	}{
		"none":            {nil, "nothing to merge: want matrices"},
		"a library twice": {[]Part{goes, nodes, partOf("again.json", "go", nil, "iris", "rs-cors")}, "again.json: rs-cors: go.json has this library already"},
		"a shard is missing": {[]Part{partOf("a.json", "go", shardOf(1, 3), "rs-cors"), partOf("c.json", "go", shardOf(3, 3), "iris"), nodes},
			"shard 2 of 3 is missing"},
		"one shard alone": {[]Part{partOf("a.json", "go", shardOf(1, 2), "rs-cors")}, "shard 2 of 2 is missing"},
		"a shard twice": {[]Part{partOf("a.json", "go", shardOf(1, 1), "rs-cors"), partOf("b.json", "go", shardOf(1, 1), "iris")},
			"b.json: shard 1/1 again: a.json has it already"},
		"no such shard": {[]Part{partOf("a.json", "go", shardOf(1, 1), "rs-cors"), partOf("b.json", "go", shardOf(2, 1), "iris")}, "b.json: there is no shard 2/1"},
		"another version": {[]Part{goes, changed(nodes, func(m *Matrix) { m.Version = 2 })},
			"node.json: version 2 of a matrix: want version 1. Merge with the version of corsproof that wrote it"},
		"all at once": {[]Part{goes, nodes, changed(partOf("x.json", "rust", nil, "poem"), func(m *Matrix) {
			m.Chrome.Version, m.Corsproof, m.Libraries[0].Policies = "Chrome/157.0.1", "", m.Libraries[0].Policies[:1]
		})},
			"x.json: not of the same run: its browser is Chrome/157, and in go.json it is Chrome/156\n" +
				"x.json: not of the same run: its version of corsproof is nothing, and in go.json it is v1\n" +
				"x.json: not of the same run: its list of policies is single, and in go.json it is single none"},
	} {
		got, err := Merge(c.parts)
		if err == nil || err.Error() != c.want || !reflect.DeepEqual(got, Matrix{}) {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, c.want)
		}
	}
}
