package main

import (
	"fmt"
	"strings"
)

func inFlight(level int) string {
	if level == 1 {
		return "one at a time"
	}
	return fmt.Sprintf("%d in flight", level)
}

// number prints three digits, and a dash for nothing.
func number(v float64) string {
	switch {
	case v == 0:
		return "-"
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// result is a number with its bound.
type result struct {
	name   string
	wanted string
	is     string
	ok     bool
	known  bool
	note   string // below the line; empty: there is none
}

// atLeast and atMost judge a number; 0 means that it was not measured.
func atLeast(name string, v, bound float64) result {
	return result{name: name, wanted: "at least " + number(bound), is: number(v), ok: v >= bound, known: v > 0}
}

func atMost(name string, v, bound float64) result {
	return result{name: name, wanted: "at most " + number(bound), is: number(v), ok: v <= bound, known: v > 0}
}

// printTables prints the numbers of the parts that have a table.
func printTables(measured []outcome) {
	for _, found := range measured {
		if table, ok := found.(interface{ printTable() }); ok {
			table.printTable()
			fmt.Println()
		}
	}
}

// printWanted prints the ratios that have a bound, and whether they reach it.
func printWanted(measured []outcome) {
	all, missed := 0, 0
	fmt.Printf("%-90s%-14s%-22s\n", "ratios (median of the rounds)", "wanted", "is")
	for _, found := range measured {
		for _, r := range found.wanted() {
			all++
			if r.known && !r.ok {
				missed++
			}
			r.print()
		}
	}
	fmt.Println()
	if missed > 0 {
		fmt.Printf("missed: %d of %d\n", missed, all)
	} else {
		fmt.Println("none missed")
	}
}

// print prints a line, and the note below it.
func (r result) print() {
	verdict := "reached"
	switch {
	case !r.known:
		verdict = "not measured"
	case !r.ok:
		verdict = "MISSED"
	}
	fmt.Printf("  %-88s%-14s%-22s%s\n", r.name, r.wanted, r.is, verdict)
	for line := range strings.Lines(r.note) {
		fmt.Print("      ", line)
	}
	if r.note != "" {
		fmt.Println()
	}
}
