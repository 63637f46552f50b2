package engine

import (
	"slices"
	"strings"
)

// Edit is a change to the answers that a page gets. It changes the status, or a header.
type Edit struct {
	Preflight   bool // of preflights; otherwise of every other answer
	Name, Value string
	Remove      bool
	Status      int // 0: the status stays
}

// Edited is an answer after the edits that are for it. An answer with another status than its
// own redirects no more, and has no Location.
func (a Answer) Edited(edits []Edit, preflight bool) Answer {
	headers := slices.Clone(a.Headers)
	without := func(name string) {
		headers = slices.DeleteFunc(headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
	}
	for _, e := range edits {
		switch {
		case e.Preflight != preflight:
		case e.Status != 0:
			a.Status = e.Status
			without("Location")
		default:
			without(e.Name)
			if !e.Remove {
				headers = append(headers, Header{e.Name, e.Value})
			}
		}
	}
	a.Headers = headers
	return a
}
