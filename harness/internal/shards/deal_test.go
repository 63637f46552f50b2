package shards

import (
	"fmt"
	"slices"
	"testing"
)

// Each item is in one shard, and no shard is empty where there are enough items.
func TestDeal(t *testing.T) {
	for count := range 40 {
		for _, pages := range []int{0, 1, 3, 50} {
			items := make([]Item, count)
			for i := range items {
				items[i].Cost = 1 + i%3
				if pages > 0 && i%4 > 0 {
					items[i].Page = fmt.Sprint(i % pages)
				}
			}
			for of := 1; of <= 12; of++ {
				seen := map[int]int{}
				for i, part := range Deal(of, items) {
					if len(part) == 0 && count >= of {
						t.Errorf("%d items of %d pages: shard %d/%d is empty", count, pages, i+1, of)
					}
					if !slices.IsSorted(part) {
						t.Errorf("shard %d/%d is in no order: %v", i+1, of, part)
					}
					for _, number := range part {
						seen[number]++
					}
				}
				for i := range count {
					if seen[i] != 1 {
						t.Errorf("%d items of %d pages in %d shards: the item %d is there %d times", count, pages, of, i, seen[i])
					}
				}
			}
		}
	}
}

// A page is not divided unless it is more than a share, and what needs no page evens out.
func TestDealKeepsPagesTogether(t *testing.T) {
	var items []Item
	add := func(page string, count int) {
		for range count {
			items = append(items, Item{page, 1})
		}
	}
	add("small", 5)
	add("large", 1000)
	add("middle", 100)
	add("", 200)
	add("other", 50)
	shardsOf, load := map[string]int{}, []int{}
	for _, part := range Deal(4, items) {
		pages := map[string]bool{}
		for _, i := range part {
			pages[items[i].Page] = true
		}
		cost := len(part)
		for page := range pages {
			if page != "" {
				shardsOf[page]++
				cost += pageCost
			}
		}
		load = append(load, cost)
	}
	if shardsOf["small"] != 1 || shardsOf["middle"] != 1 || shardsOf["other"] != 1 || shardsOf["large"] < 2 {
		t.Errorf("the shards of each page: %v", shardsOf)
	}
	if least, most := slices.Min(load), slices.Max(load); most-least > 2 {
		t.Errorf("the shards cost %v", load)
	}
}

// A million probes over 200 shards: 10,000 resources, each with 100 probes of 40 pages and some
// that need no page. The longest shard takes hardly longer than the others, also where one
// resource in ten is slow, and where one probe of each resource takes 20 times as long.
func TestMillionProbes(t *testing.T) {
	const resources, of, slow = 10_000, 200, 20
	for name, costOf := range map[string]func(resource, probe int) int{
		"all alike":                       func(resource, probe int) int { return 1 },
		"one resource in ten is slow":     func(resource, probe int) int { return 1 + (slow-1)*(max(0, 1-resource%10)) },
		"a slow probe of each resource":   func(resource, probe int) int { return 1 + (slow-1)*(max(0, 1-probe)) },
		"a slow probe that needs no page": func(resource, probe int) int { return 1 + (slow-1)*(probe/99) },
	} {
		items, costs := make([]Item, 0, resources*100), make([]int, 0, resources*100)
		for resource := range resources {
			for probe := range 100 {
				item := Item{Cost: 1}
				if probe < 80 {
					item.Page = fmt.Sprint(probe % 40)
				}
				items, costs = append(items, item), append(costs, costOf(resource, probe))
			}
		}
		sum, longest, pages := 0, 0, 0
		for _, part := range Deal(of, items) {
			cost, opened := 0, map[string]bool{}
			for _, i := range part {
				cost += costs[i]
				opened[items[i].Page] = true
			}
			delete(opened, "")
			pages += len(opened)
			cost += len(opened) * pageCost
			sum, longest = sum+cost, max(longest, cost)
		}
		ratio := float64(longest) * of / float64(sum)
		if t.Logf("%s: the longest shard takes %.2f times the mean; %d pages are opened", name, ratio, pages); ratio > 1.9 {
			t.Errorf("%s: the longest shard takes %.2f times the mean", name, ratio)
		}
	}
}
