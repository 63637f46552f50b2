// Package policytest reads policies for the tests of other packages.
package policytest

import (
	"testing"

	"github.com/corsproof/corsproof/harness/policy"
)

// Parse reads a policy that has no faults. The variables replace the environment.
func Parse(t testing.TB, text string, variables map[string]string) policy.Policy {
	t.Helper()
	p, err := policy.Parse("policy.yaml", []byte(text), func(name string) (string, bool) {
		value, ok := variables[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Probes returns the probes of a policy that has no faults.
func Probes(t testing.TB, p policy.Policy) []policy.Probe {
	t.Helper()
	probes, err := p.Probes()
	if err != nil {
		t.Fatal(err)
	}
	return probes
}
