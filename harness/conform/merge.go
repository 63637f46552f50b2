package conform

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/shards"
)

// Part is the matrix of a part of the libraries, with its file name.
type Part struct {
	_ [0]func()

	File   string
	Matrix Matrix
}

// Merge joins matrices: the shards of one run, and runs about other libraries, such as
// one for each language. Matrices that do not belong together are refused, with all faults
// at once: all need the same policies and the same major version of Chrome. The libraries
// are in the order of their languages and names.
func Merge(parts []Part) (Matrix, error) {
	switch len(parts) {
	case 0:
		return Matrix{}, errors.New("nothing to merge: want matrices")
	case 1:
		if parts[0].Matrix.Shard == nil {
			return parts[0].Matrix, nil
		}
	}
	pieces := piecesOf(parts)
	if errs := shards.Version(pieces, "matrix", Version, func(m Matrix) int { return m.Version }); errs != nil {
		return Matrix{}, errors.Join(errs...)
	}
	split, _ := shards.Split(pieces)
	errs := shards.Check(split)
	errs = append(errs, shards.SameNumber(split)...)
	if missing := shards.Missing(split); missing != "" {
		errs = append(errs, errors.New(missing))
	}
	errs = append(errs, shards.Same(pieces, "browser", majorOf)...)
	errs = append(errs, shards.Same(pieces, "version of corsproof", func(m Matrix) string { return m.Corsproof })...)
	asked := slices.DeleteFunc(slices.Clone(pieces), func(p shards.Part[Matrix]) bool { return policiesOf(p.Document) == "" })
	errs = append(errs, shards.Same(asked, "list of policies", policiesOf)...)
	errs = append(errs, shards.Once(pieces, "library", librariesOf)...)
	if len(errs) > 0 {
		return Matrix{}, errors.Join(errs...)
	}
	return join(parts), nil
}

// piecesOf prepares the parts for the checks.
func piecesOf(parts []Part) []shards.Part[Matrix] {
	pieces := make([]shards.Part[Matrix], len(parts))
	for i, p := range parts {
		pieces[i] = shards.Part[Matrix]{File: p.File, Document: p.Matrix}
		if s := p.Matrix.Shard; s != nil {
			pieces[i].Index, pieces[i].Of = s.Index, s.Of
		}
	}
	return pieces
}

// majorOf is the version of Chrome up to its first dot.
func majorOf(m Matrix) string {
	major, _, _ := strings.Cut(m.Chrome.Version, ".")
	return major
}

// policiesOf lists the names of the policies. It is empty where no library was asked.
func policiesOf(m Matrix) string {
	for _, l := range m.Libraries {
		if len(l.Policies) == 0 {
			continue
		}
		var names []string
		for _, p := range l.Policies {
			names = append(names, p.Name)
		}
		return strings.Join(names, " ")
	}
	return ""
}

// librariesOf lists the names of the libraries.
func librariesOf(m Matrix) []string {
	names := make([]string, len(m.Libraries))
	for i, l := range m.Libraries {
		names[i] = l.Name
	}
	return names
}

// join adds up matrices that belong together.
func join(parts []Part) Matrix {
	whole := parts[0].Matrix
	whole.Shard, whole.Requests, whole.Libraries = nil, 0, []Result{}
	var chromes, ended []string
	for _, p := range parts {
		m := p.Matrix
		if m.Started.Before(whole.Started) {
			whole.Started = m.Started
		}
		whole.Seconds = max(whole.Seconds, m.Seconds)
		whole.Requests += m.Requests
		whole.Libraries = append(whole.Libraries, m.Libraries...)
		if !slices.Contains(chromes, m.Chrome.Version) {
			chromes = append(chromes, m.Chrome.Version)
		}
		if m.Chrome.Endpoint != whole.Chrome.Endpoint { // each shard may have a Chrome of its own
			whole.Chrome.Endpoint = ""
		}
		if m.Ended != "" {
			ended = append(ended, p.File+": "+m.Ended)
		}
	}
	slices.Sort(chromes)
	whole.Chrome.Version = strings.Join(chromes, " and ")
	whole.Ended = strings.Join(ended, "; ")
	slices.SortStableFunc(whole.Libraries, func(a, b Result) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Name, b.Name))
	})
	return whole
}
