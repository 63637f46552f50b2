package verify

import (
	"cmp"

	"github.com/corsproof/corsproof/harness/policy"
)

// page is what opens a page of its own: to open one costs as much as a hundred
// questions, so all that one is asked should come in one stretch.
type page struct {
	from   string
	caches string // the id of the behaviour, which has a profile of its own
}

// group is what one page asks. Its lanes are the numbers of probes that have to be
// asked one after the other, because a page asks for a URL once at a time. The dry lanes
// come last: from then on nothing but preflights leaves the page.
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
		r := p.Steps[0].Request
		of := page{from: r.From}
		if p.Caches {
			of.caches = p.ID
		}
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
