package finding

import (
	"container/heap"
	"errors"
	"fmt"
	"iter"
)

// unlisted is what a report knows of findings that it does not list.
type unlisted struct {
	counts map[Outcome]int
	// cases and resources are about all findings, both listed and unlisted.
	cases     cases
	resources map[string]bool
}

// listed says whether the report of [Join] lists findings with this outcome.
func listed(o Outcome) bool { return o != Held && o != NotAsked }

// Total returns the number of findings, listed or only counted by [Join].
func (r Report) Total() int {
	n := len(r.Findings)
	if r.unlisted != nil {
		for _, more := range r.unlisted.counts {
			n += more
		}
	}
	return n
}

// readThrough reads every finding once, checks it, and keeps what [Problems] needs of all
// findings.
func readThrough(sources []Source) (*unlisted, error) {
	seen := &unlisted{map[Outcome]int{}, cases{map[question]bool{}, map[question]bool{}}, map[string]bool{}}
	var faults []error
	for _, s := range sources {
		c := checker{source: s, of: sources}
		for f, err := range s.Findings() {
			if err == nil {
				err = c.check(f)
			}
			if err != nil {
				faults = append(faults, err)
				break
			}
			if !listed(f.Outcome) {
				seen.counts[f.Outcome]++
			}
			seen.cases.add(f)
			seen.resources[f.Resource] = true
		}
	}
	return seen, errors.Join(faults...)
}

// checker checks the findings of one shard. It needs a bit for each probe.
type checker struct {
	source Source
	of     []Source
	before Finding
	seen   []uint64
}

// check finds a probe of another shard, a probe that is there twice, and a wrong order.
func (c *checker) check(f Finding) error {
	shard := c.source.Head.Shard
	if shard == nil {
		return nil
	}
	i, ok := c.source.Head.place(f.Number)
	if !ok {
		return fmt.Errorf("%s: %s %s: this probe has the number %d, which is not of shard %s%s", c.source.File, f.ID, f.Key, f.Number, shard, c.owner(f.Number))
	}
	for len(c.seen) <= i/64 {
		c.seen = append(c.seen, 0)
	}
	if c.seen[i/64]&(1<<(i%64)) != 0 {
		return fmt.Errorf("%s: %s %s: the probe with the number %d is there twice", c.source.File, f.ID, f.Key, f.Number)
	}
	c.seen[i/64] |= 1 << (i % 64)
	if c.before.ID != "" && compareWeight(c.before, f) > 0 {
		return fmt.Errorf("%s: %s %s: the findings are not in the order of their weight, in which corsproof writes them. Merge the files that corsproof verify wrote", c.source.File, f.ID, f.Key)
	}
	c.before = f
	return nil
}

// owner names the file that has the probe with a number.
func (c *checker) owner(number int) string {
	for _, s := range c.of {
		if _, ok := s.Head.place(number); ok {
			return ": it is of " + s.File
		}
	}
	return ""
}

// Whole reads all findings into memory.
func (j Joined) Whole() (Report, error) {
	r := j.Report
	r.unlisted, r.Findings = nil, nil
	for f, err := range j.Findings() {
		if err != nil {
			return Report{}, err
		}
		r.Findings = append(r.Findings, f)
	}
	return r, nil
}

// Findings reads the findings of all shards, in the order of [Sort], and keeps one finding
// of each shard in memory. After [MaxEvidence] findings the steps are left out, as in the
// report of one run. The sequence ends with the first error.
func (j Joined) Findings() iter.Seq2[Finding, error] {
	if j.sources[0].Head.Shard == nil {
		return j.sources[0].Findings()
	}
	return func(yield func(Finding, error) bool) {
		var next queue
		for _, s := range j.sources {
			more, stop := iter.Pull2(s.Findings())
			defer stop()
			if err := next.pull(more); err != nil {
				yield(Finding{}, err)
				return
			}
		}
		evidence := 0
		for len(next) > 0 {
			first := heap.Pop(&next).(stream)
			f := first.finding
			if len(f.Steps) > 0 && f.Outcome != Held {
				evidence++
			}
			if f.Outcome == Held && f.Number > MaxEvidence || f.Outcome != Held && evidence > MaxEvidence {
				f.Steps = nil
			}
			if !yield(f, nil) {
				return
			}
			if err := next.pull(first.more); err != nil {
				yield(Finding{}, err)
				return
			}
		}
	}
}

// stream is the next finding of a shard, and the function that reads the finding after it.
type stream struct {
	finding Finding
	more    func() (Finding, error, bool)
}

// queue is a [heap.Interface] of streams: the finding with the most weight comes first.
type queue []stream

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return compareWeight(q[i].finding, q[j].finding) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(stream)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	(*q)[len(*q)-1] = stream{}
	*q = (*q)[:len(*q)-1]
	return last
}

// pull reads the next finding of a stream, unless the stream has ended.
func (q *queue) pull(more func() (Finding, error, bool)) error {
	f, err, ok := more()
	if ok && err == nil {
		heap.Push(q, stream{f, more})
	}
	return err
}
