package shards

import (
	"cmp"
	"slices"
)

// Item is something to deal to shards.
type Item struct {
	// Page is the page that it needs. Empty: none.
	Page string
	// Cost is its cost, in questions.
	Cost int
}

// pageCost is the cost of a page, in questions: most of the time of a small run goes to the
// opening of pages.
const pageCost = 60

// mostOfPage is the most that a shard gets of one page, where the page is divided: some probe
// of each resource may be slow, all of them on one page, and several shards should share them.
// To open the page adds a tenth to that.
const mostOfPage = 10 * pageCost

// piece are the items, by number, of a page, or a part of them.
type piece struct {
	items []int
	cost  int // with the page
}

// Deal deals items to shards, the same way each time: it returns the numbers, from 0 and in
// order, of the items of each shard. Each item is in exactly one shard. A shard gets all items
// of few pages, since each shard has to open each of its pages. Only a page whose items are
// more than the share of a shard, or [mostOfPage], is dealt in parts. What needs no page evens
// out the shards.
// No shard is empty, unless there are fewer items than shards.
func Deal(of int, items []Item) [][]int {
	dealt := make([][]int, max(1, of))
	if of <= 1 {
		for i := range items {
			dealt[0] = append(dealt[0], i)
		}
		return dealt
	}
	load := make([]int, of)
	least := func(cost int) (shard int) {
		shard = slices.Index(load, slices.Min(load))
		load[shard] += cost
		return shard
	}
	pieces, free := piecesOf(of, items)
	for _, p := range pieces {
		shard := least(p.cost)
		dealt[shard] = append(dealt[shard], p.items...)
	}
	for round, group := range slices.Collect(slices.Chunk(free, of)) {
		first := firstOf(round, len(group))
		for at := range group {
			number := group[(first+at)%len(group)]
			shard := least(items[number].Cost)
			dealt[shard] = append(dealt[shard], number)
		}
	}
	for _, numbers := range dealt {
		slices.Sort(numbers)
	}
	return dealt
}

// piecesOf returns the items of each page, or parts of them, the costliest first, and the
// items that need no page.
func piecesOf(of int, items []Item) (pieces []piece, free []int) {
	pages := map[string]int{}
	total := 0
	for i, item := range items {
		total += item.Cost
		if item.Page == "" {
			free = append(free, i)
			continue
		}
		at, known := pages[item.Page]
		if !known {
			at, pages[item.Page] = len(pieces), len(pieces)
			pieces = append(pieces, piece{cost: pageCost})
			total += pageCost
		}
		pieces[at].items = append(pieces[at].items, i)
		pieces[at].cost += item.Cost
	}
	share := min(max(total/of-pageCost, pageCost), mostOfPage)
	var parts []piece
	for _, p := range pieces {
		parts = append(parts, p.split(items, (p.cost-pageCost+share-1)/share)...)
	}
	for len(parts)+len(free) < min(of, len(items)) {
		largest := slices.IndexFunc(parts, func(p piece) bool {
			return !slices.ContainsFunc(parts, func(q piece) bool { return len(q.items) > len(p.items) })
		})
		parts = slices.Replace(parts, largest, largest+1, parts[largest].split(items, 2)...)
	}
	slices.SortStableFunc(parts, func(a, b piece) int { return cmp.Compare(b.cost, a.cost) })
	return parts, free
}

// split deals the items of a piece in rounds to so many parts.
func (p piece) split(items []Item, into int) []piece {
	into = min(into, len(p.items))
	if into <= 1 {
		return []piece{p}
	}
	parts := make([]piece, into)
	for part := range parts {
		parts[part].cost = pageCost
		for round := range len(p.items)/into + 1 {
			if at := InRound(part, into, round); at < len(p.items) {
				number := p.items[at]
				parts[part].items = append(parts[part].items, number)
				parts[part].cost += items[number].Cost
			}
		}
	}
	return parts
}

// InRound returns the number, from 0, of the item that a part, from 0, gets in a round, where
// items are dealt in rounds: one to each part. Slow items stand side by side, or in the same
// place of each resource of a policy, so each round begins with another part.
func InRound(part, of, round int) int {
	return round*of + (part+of-firstOf(round, of))%of
}

// firstOf returns the part, from 0, that the first item of a round goes to. The parts of all
// rounds follow no period: otherwise the slowest item of each resource could go to the same
// part.
func firstOf(round, of int) int {
	if round == 0 {
		return 0
	}
	// The finalizer of SplitMix64: https://doi.org/10.1145/2714064.2660195
	x := uint64(round) * 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(of))
}
