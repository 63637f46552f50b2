package harness

import (
	"strings"
	"testing"
)

// Each remedy names what a page can change that asks in this way.
func TestRemedyAboutCredentials(t *testing.T) {
	for via, want := range map[Via]string{
		"": "without credentials", ViaKeepalive: "without credentials", ViaFetchLater: "without credentials",
		ViaXHR: "withCredentials on its XMLHttpRequest", ViaEventSource: "withCredentials on its EventSource",
		ViaBeacon: "send the beacon as text", ViaImage: `crossorigin="anonymous"`, ViaModule: `crossorigin="anonymous"`, ViaManifest: `"use-credentials"`,
	} {
		for _, reason := range []Reason{WildcardOriginNotAllowed, InvalidAllowCredentials, PreflightWildcardOriginNotAllowed, PreflightInvalidAllowCredentials} {
			remedy := Explain(Observation{Verdict: Blocked, Reason: reason, Request: Request{Via: via, Credentials: Include}}).Remedy
			if !strings.Contains(remedy, want) {
				t.Errorf("%s, %s: %s", via, reason, remedy)
			}
		}
	}
}
