package finding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/shards"
)

// Numbers are numbers of probes, from 1 on, each above the one before. A document has them as
// ranges: "1-40,81".
type Numbers []int

// MarshalText writes the ranges.
func (n Numbers) MarshalText() ([]byte, error) {
	var text []byte
	for i := 0; i < len(n); {
		last := i
		for last+1 < len(n) && n[last+1] == n[last]+1 {
			last++
		}
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, int64(n[i]), 10)
		if last > i {
			text = append(text, '-')
			text = strconv.AppendInt(text, int64(n[last]), 10)
		}
		i = last + 1
	}
	return text, nil
}

// mostNumbers bounds what a document can ask for in memory.
const mostNumbers = 10_000_000

// UnmarshalText reads ranges.
func (n *Numbers) UnmarshalText(text []byte) error {
	*n = Numbers{}
	if len(text) == 0 {
		return nil
	}
	before := 0
	for part := range strings.SplitSeq(string(text), ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, to := shards.Number(first), shards.Number(first)
		if isRange {
			to = shards.Number(last)
		}
		if from <= before || to < from || to > mostNumbers {
			return fmt.Errorf("numbers %.40q: want rising numbers and ranges, such as 1-40,81", part)
		}
		for i := from; i <= to; i++ {
			*n = append(*n, i)
		}
		before = to
	}
	return nil
}

// place returns where a number is, and whether it is there.
func (n Numbers) place(number int) (i int, ok bool) { return slices.BinarySearch(n, number) }
