package shards

import (
	"errors"
	"testing"
)

// partsOf are parts with a word as their document; a file is named as its word.
func partsOf(of int, words ...string) []Part[string] {
	var parts []Part[string]
	for i, word := range words {
		parts = append(parts, Part[string]{File: word + ".json", Index: i + 1, Of: of, Document: word})
	}
	return parts
}

func TestMissing(t *testing.T) {
	all := partsOf(4, "a", "b", "c", "d")
	for want, parts := range map[string][]Part[string]{
		"":                                   all,
		"shard 3 of 4 is missing":            {all[0], all[1], all[3]},
		"shards 1, 2 and 4 of 4 are missing": {all[2]},
		"shards 2 and 3 of 4 are missing":    {all[0], all[3]},
	} {
		if got := Missing(parts); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Missing[string](nil); got != "" {
		t.Errorf("nothing: %q", got)
	}
}

func TestSplit(t *testing.T) {
	parts := partsOf(2, "a", "b")
	parts[0].Of = 0
	if shards, others := Split(parts); len(shards) != 1 || shards[0].File != "b.json" || len(others) != 1 {
		t.Errorf("%+v, %+v", shards, others)
	}
}

func TestFaults(t *testing.T) {
	parts := partsOf(2, "a", "b", "a")
	parts[2].File = "x.json"
	for name, c := range map[string]struct {
		errs []error
		want string
	}{
		"no such shard": {Check(parts), "x.json: there is no shard 3/2"},
		"same":          {Same(parts, "word", func(w string) string { return w }), "b.json: not of the same run: its word is b, and in a.json it is a"},
		"once":          {Once(parts, "word", func(w string) []string { return []string{w} }), "x.json: a: a.json has this word already"},
		"version":       {Version(parts, "word", 1, func(w string) int { return len(w) + int(w[0]-'a') }), "b.json: version 2 of a word: want version 1. Merge with the version of corsproof that wrote it"},
		"number":        {SameNumber(append(partsOf(3, "c"), parts...)), "c.json: not of the same run: its number of shards is 3, and in a.json it is 2"},
	} {
		if err := errors.Join(c.errs...); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}
