package verify

import (
	"cmp"
	"slices"

	"github.com/corsproof/corsproof/harness/policy"
)

// lane is what has to be asked one after the other: a page asks for a URL once at a
// time.
type lane struct {
	caches bool
	dry    bool
	from   string
	url    string
}

func laneOf(p policy.Probe) lane {
	r := p.Steps[0].Request
	return lane{p.Caches, p.Unsafe, r.From, r.URL}
}

// lanesOf puts the probes in lanes, those from one page together: to open a page costs
// as much as a hundred questions, and only so many stay open.
func lanesOf(probes []policy.Probe) [][]int {
	number := map[lane]int{}
	var keys []lane
	var lanes [][]int
	for i, p := range probes {
		k := laneOf(p)
		n, ok := number[k]
		if !ok {
			n = len(lanes)
			number[k], lanes, keys = n, append(lanes, nil), append(keys, k)
		}
		lanes[n] = append(lanes[n], i)
	}
	first := map[string]int{} // where a page comes for the first time
	for i, k := range keys {
		if _, ok := first[k.from]; !ok {
			first[k.from] = i
		}
	}
	order := make([]int, len(lanes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(first[keys[a].from], first[keys[b].from]), cmp.Compare(a, b))
	})
	sorted := make([][]int, len(lanes))
	for i, n := range order {
		sorted[i] = lanes[n]
	}
	return sorted
}
