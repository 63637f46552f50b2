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
func memory(ctx context.Context, s settings, b loops, p *proof) (kept, error) {
	k := kept{questions: s.memoryQuestions, growthBound: 1 << 20}
	measure.Progress("memory: filling the fixture network's log")
	for p.world.network.LastSeq() < arrivalsKept+1 {
		if _, err := b.bare.run(ctx, preflighted, 1024, mostInFlight); err != nil {
			return k, err
		}
	}
	every := []*kind{simple, preflighted, refused, refusedPreflight}
	if _, err := p.mixed(ctx, every, 256, mostInFlight); err != nil {
		return k, err
	}
	look := func(i int) {
		held := measure.Look(b.bare.pid(), b.domains.pid())
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
func (k kept) flatHeap() bool  { return k.heap[1]-k.heap[0] < k.growthBound }
func (k kept) flatPages() bool { return k.pages[1] <= k.pages[0] }
