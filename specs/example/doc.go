// Package example is what the author of a CORS library in Go writes to test it with Ginkgo:
// its one file of tests is the whole of it. The same without Ginkgo is
// harness/conform/library_test.go.
package example
