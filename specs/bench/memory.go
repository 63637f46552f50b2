package main

import (
	"context"
	"fmt"

	"github.com/corsproof/corsproof/specs/internal/measure"
)

// kept is the memory that corsproof holds.
type kept struct {
	questions   int
	heap        [2]int64 // bytes, at the beginning and at the end
	pages       [2]int
	chrome      [2]int64 // bytes of all processes of Chrome; 0 where unknown
	lateEvents  int
	growthBound int64
}

// arrivalsKept is how many arrivals the fixture network keeps. Its log must be
// full before the first measurement, or its growth would show in the heap.
const arrivalsKept = 8192

// memory measures before and after many questions of every kind.
func memory(ctx context.Context, s settings, c *contestants) (outcome, error) {
	p := c.proof
	k := &kept{questions: s.memoryQuestions, growthBound: 1 << 20}
	measure.Progress("memory: filling the fixture network's log")
	for p.world.network.LastSeq() < arrivalsKept+1 {
		if _, err := c.bare.run(ctx, preflighted, 1024, mostInFlight); err != nil {
			return k, err
		}
	}
	every := []*kind{simple, preflighted, refused, refusedPreflight}
	if _, err := p.mixed(ctx, every, 256, mostInFlight); err != nil {
		return k, err
	}
	look := func(i int) {
		held := measure.Look(c.bare.pid(), c.domains.pid())
		k.heap[i], k.pages[i], k.chrome[i] = held.Heap, p.chrome.OpenPages(), held.Chrome
	}
	look(0)
	const step = 1000
	for asked := 0; asked < k.questions; asked += step {
		measure.Progress(fmt.Sprintf("memory: %d of %d questions", asked, k.questions))
		if _, err := p.mixed(ctx, every, min(step, k.questions-asked), mostInFlight); err != nil {
			return k, err
		}
	}
	look(1)
	k.lateEvents = p.chrome.LateEvents()
	return k, nil
}

// flatHeap and flatPages say whether the heap and the pages did not grow.
func (k *kept) flatHeap() bool  { return k.heap[1]-k.heap[0] < k.growthBound }
func (k *kept) flatPages() bool { return k.pages[1] <= k.pages[0] }

func (k *kept) wanted() []result {
	heap := result{name: fmt.Sprintf("Go heap over %d questions", k.questions), wanted: "flat",
		is: measure.Megabytes(k.heap[0]) + " to " + measure.Megabytes(k.heap[1]), ok: k.flatHeap(), known: true}
	if k.chrome[1] > 0 {
		heap.note = fmt.Sprintf("meanwhile the resident memory of all processes of Chrome went from %s to %s",
			measure.Megabytes(k.chrome[0]), measure.Megabytes(k.chrome[1]))
	}
	return []result{heap,
		{name: fmt.Sprintf("open pages over %d questions", k.questions), wanted: "flat",
			is: fmt.Sprintf("%d to %d", k.pages[0], k.pages[1]), ok: k.flatPages(), known: true},
		{name: "events that came after their verdict", wanted: "0", is: fmt.Sprint(k.lateEvents), ok: k.lateEvents == 0, known: true}}
}
