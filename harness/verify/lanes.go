package verify

import (
	"cmp"

	"github.com/corsproof/corsproof/harness/policy"
)

// page is the key of one browser page. Opening a page costs as much as a hundred
// questions, so all questions of one page should follow each other.
type page struct {
	from   string
	caches string // the id of a behaviour that has a profile of its own
}

// pageOf returns the page of a probe.
func pageOf(p policy.Probe) page {
	of := page{from: p.Steps[0].Request.From}
	if p.Caches {
		of.caches = p.ID
	}
	return of
}

// group holds the questions of one page. The probes of a lane (by number) are asked one
// after the other, because a page asks for a URL only once at a time. The dry lanes come
// last: from then on only preflights leave the page.
type group struct {
	page       page
	lanes, dry [][]int
}

// groupsOf puts the probes in groups, in their order.
func groupsOf(probes []policy.Probe) []*group {
	type lane struct {
		page page
		url  string
		dry  bool
	}
	var groups []*group
	byPage := map[page]*group{}
	lanes := map[lane]int{}
	for i, p := range probes {
		r, of := p.Steps[0].Request, pageOf(p)
		g := byPage[of]
		if g == nil {
			g = &group{page: of}
			byPage[of], groups = g, append(groups, g)
		}
		k := lane{of, cmp.Or(r.URL, p.Resource), p.Unsafe}
		list := &g.lanes
		if p.Unsafe {
			list = &g.dry
		}
		n, ok := lanes[k]
		if !ok {
			n = len(*list)
			lanes[k], *list = n, append(*list, nil)
		}
		(*list)[n] = append((*list)[n], i)
	}
	return groups
}
