// Package shards finds out which shard of a run this machine asks, and checks that the
// documents of the shards of one run belong together.
package shards

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Part is the document of a shard: the Index-th of Of, from 1. Of is 0 where the document
// is not the document of a shard.
type Part[T any] struct {
	File      string
	Index, Of int
	Document  T
}

// shard writes a shard such as 2/5.
func (p Part[T]) shard() string { return fmt.Sprintf("%d/%d", p.Index, p.Of) }

// Split returns the parts that are shards, and the others.
func Split[T any](parts []Part[T]) (shards, others []Part[T]) {
	for _, p := range parts {
		if p.Of == 0 {
			others = append(others, p)
		} else {
			shards = append(shards, p)
		}
	}
	return shards, others
}

// Version checks that this program knows the version of each document: an unknown version
// cannot be trusted. document names the kind of the documents.
func Version[T any](parts []Part[T], document string, want int, of func(T) int) (errs []error) {
	for _, p := range parts {
		if v := of(p.Document); v != want {
			errs = append(errs, fmt.Errorf("%s: version %d of a %s: want version %d. Merge with the version of corsproof that wrote it", p.File, v, document, want))
		}
	}
	return errs
}

// Check checks that each shard can exist, and is there once.
func Check[T any](shards []Part[T]) (errs []error) {
	first := map[[2]int]string{}
	for _, p := range shards {
		key := [2]int{p.Index, p.Of}
		switch file, twice := first[key]; {
		case p.Index < 1 || p.Index > p.Of:
			errs = append(errs, fmt.Errorf("%s: there is no shard %s", p.File, p.shard()))
		case twice:
			errs = append(errs, fmt.Errorf("%s: shard %s again: %s has it already", p.File, p.shard(), file))
		default:
			first[key] = p.File
		}
	}
	return errs
}

// Missing names the missing shards. It is empty if none is missing.
func Missing[T any](shards []Part[T]) string {
	if len(shards) == 0 {
		return ""
	}
	number, _ := usual(shards, number)
	of, _ := strconv.Atoi(number)
	var missing []string
	for i := 1; i <= of; i++ {
		if !slices.ContainsFunc(shards, func(p Part[T]) bool { return p.Index == i }) {
			missing = append(missing, strconv.Itoa(i))
		}
	}
	switch last := len(missing) - 1; last {
	case -1:
		return ""
	case 0:
		return fmt.Sprintf("shard %s of %d is missing", missing[0], of)
	default:
		return fmt.Sprintf("shards %s and %s of %d are missing", strings.Join(missing[:last], ", "), missing[last], of)
	}
}

// SameNumber checks that the shards are shards of one run: all are of the same number.
func SameNumber[T any](shards []Part[T]) []error {
	return same(shards, "number of shards", number)
}

// Same checks that the documents agree in a property that identifies a run.
func Same[T any](parts []Part[T], what string, of func(T) string) []error {
	return same(parts, what, func(p Part[T]) string { return of(p.Document) })
}

func same[T any](parts []Part[T], what string, of func(Part[T]) string) (errs []error) {
	most, file := usual(parts, of)
	for _, p := range parts {
		if value := of(p); value != most {
			errs = append(errs, fmt.Errorf("%s: not of the same run: its %s is %s, and in %s it is %s", p.File, what, cmp.Or(value, "nothing"), file, cmp.Or(most, "nothing")))
		}
	}
	return errs
}

// usual returns the most frequent value, and the first file that has it. The first file
// alone is no measure: it may be the wrong one.
func usual[T any](parts []Part[T], of func(Part[T]) string) (value, file string) {
	counts := map[string]int{}
	for _, p := range parts {
		counts[of(p)]++
	}
	for _, p := range parts {
		if v := of(p); file == "" || counts[v] > counts[value] {
			value, file = v, p.File
		}
	}
	return value, file
}

// number returns the number of shards in the run.
func number[T any](p Part[T]) string { return strconv.Itoa(p.Of) }

// Once checks that each item is in one document only. what is the kind of the items.
func Once[T any](parts []Part[T], what string, items func(T) []string) (errs []error) {
	first := map[string]string{}
	for _, p := range parts {
		for _, item := range items(p.Document) {
			if file, twice := first[item]; twice {
				errs = append(errs, fmt.Errorf("%s: %s: %s has this %s already", p.File, item, file, what))
				continue
			}
			first[item] = p.File
		}
	}
	return errs
}
