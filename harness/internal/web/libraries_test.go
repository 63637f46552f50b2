package web

import "testing"

func TestLibraryOf(t *testing.T) {
	for name, want := range map[string]string{
		"Sentry-Trace": "Sentry", "x-datadog-trace-id": "Datadog", "X-Stainless-OS": "the SDK of an API (Stainless)",
		"x-datadog": "", "x-sentry-trace": "", "authorization": "", "content-type": "", "": "",
	} {
		if got := LibraryOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
