package diagnose_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/corsproof/corsproof/harness/diagnose"
)

// rows are the known symptoms, 1 to 30, and the public reports, P1 to P24 and R01 to R48: each
// with the ids of the causes that a diagnosis names or, behind a dash, the reason for which a
// question cannot show it.
var rows = map[string]string{
	"1":  "errors-only",
	"2":  "errors-only",
	"3":  "errors-only",
	"4":  "no-header-anywhere only-this-path options-refused",
	"5":  "options-refused options-without-headers",
	"6":  "options-refused",
	"7":  "options-refused",
	"8":  "preflight-redirected redirect-without-header",
	"9":  "null-after-redirect null-after-redirect-and-closed",
	"10": "header-twice",
	"11": "wrong-value",
	"12": "wrong-value another-origin-listed",
	"13": "wrong-value",
	"14": "credentials",
	"15": "credentials header-twice",
	"16": "not-listed star-with-credentials",
	"17": "method-in-lower-case",
	"18": "not-listed star-with-credentials library-leaves-headers-out",
	"19": "library-adds-header",
	"20": "header-of-responses",
	"21": "list-is-no-list",
	"22": "header-not-exposed",
	"23": "no-credentials cookie-of-one-site third-party-cookie cookie-held-back cookie-not-stored credentials",
	"24": "browser-cache browser-cache-later shared-cache",
	"25": "alternates",
	"26": "- Chrome stores only what a preflight allowed, and sends a new preflight for everything else, so that a stored answer never blocks: TestPreflightCacheNeverBlocks.",
	"27": "page-without-origin",
	"28": "local-network-denied local-network-insecure local-network-barred",
	"29": "mode-no-cors",
	"30": "nothing-listens name-unknown certificate no-tls connection-closed no-http not-reached port-blocked mixed-content content-security-policy resource-policy error-page-for-element another-page-for-element wrong-type integrity mode-same-origin login-in-url scheme-missing",

	"P1":  "local-network-barred",
	"P2":  "- The POST is held back, so its answer is not seen; verify sends it, where it is told to.",
	"P3":  "worker-elsewhere",
	"P4":  "another-page-for-element error-page-for-element",
	"P5":  "credentials",
	"P6":  "cookie-of-one-site",
	"P7":  "integrity-without-cors",
	"P8":  "null-after-redirect-and-closed",
	"P9":  "header-not-exposed",
	"P10": "error-page-for-element",
	"P11": "canvas-tainted",
	"P12": "cookie-not-stored",
	"P13": "library-adds-header",
	"P14": "options-refused",
	"P15": "two-parts-of-the-server",
	"P16": "shared-cache",
	"P17": "options-refused",
	"P18": "credentials",
	"P19": "- It is about what verify says of a POST that it did not send; a diagnosis sends no POST.",
	"P20": "integrity-without-cors canvas-tainted embedder-policy",
	"P21": "websocket-origin websocket-refused",
	"P22": "- Nothing is wrong: a HEAD that the page can read.",
	"P23": "- Chrome cannot have the page of an app, so no remedy can be tried; ask asks on the wire.",
	"P24": "- The POST is held back, so the server's 403 is not seen.",

	"R01":  "header-not-exposed",
	"R01e": "- The POST is held back, so its answer is not seen.",
	"R02":  "not-listed",
	"R04":  "no-header-anywhere",
	"R05":  "embedder-policy",
	"R08":  "errors-only",
	"R09":  "options-refused",
	"R10":  "library-adds-header",
	"R11":  "worker-elsewhere",
	"R12":  "options-refused",
	"R13":  "options-refused",
	"R14":  "null-after-redirect null-after-redirect-and-closed",
	"R16":  "websocket-origin",
	"R17":  "credentials",
	"R18":  "- Chrome lets the request pass, against the standard; the transcript says so.",
	"R19":  "- The POST is held back, so the server's 403 is not seen.",
	"R20":  "- Nothing is wrong for Chrome: it takes a preflight with a short body.",
	"R21":  "- Nothing is wrong: a preflight may have a body.",
	"R24":  "not-listed",
	"R25":  "two-parts-of-the-server",
	"R26":  "error-page-for-element",
	"R27":  "integrity-without-cors",
	"R28":  "another-page-for-element error-page-for-element",
	"R29":  "cookie-of-one-site",
	"R31b": "shared-cache",
	"R33":  "- Chrome cannot have the page of an app, so no remedy can be tried; ask asks on the wire.",
	"R34":  "origin-not-listed",
	"R35":  "preflight-redirected",
	"R38":  "- The upload is held back, so the proxy's 413 is not seen.",
	"R40":  "canvas-tainted",
	"R41":  "preflight-redirected",
	"R42":  "local-network-barred",
	"R48":  "local-network-denied",
}

// reports are the rows of the public reports.
var reports = strings.Fields("R01 R01e R02 R04 R05 R08 R09 R10 R11 R12 R13 R14 R16 R17 R18 R19 R20 R21 R24 R25 R26 R27 R28 R29 R31b R33 R34 R35 R38 R40 R41 R42 R48")

// elsewhere are causes that another test shows, and causes that cannot be had on loopback.
var elsewhere = map[string]string{
	"shared-cache":   "TestSharedCache",
	"name-unknown":   "TestNoVerdict",
	"certificate":    "TestNoVerdict",
	"no-tls":         "TestNoVerdict",
	"not-reached":    "none: loopback is always reached",
	"browser-blocks": "none: it takes an extension, or a policy of an administrator",
	"service-worker": "TestServiceWorkerAnswer",
}

// Every row has a cause of the catalogue or a sentence, and every cause has an example or a
// sentence.
func TestRowsAreTotal(t *testing.T) {
	want := slices.Clone(reports)
	for i := range 30 {
		want = append(want, fmt.Sprint(i+1))
	}
	for i := range 24 {
		want = append(want, fmt.Sprintf("P%d", i+1))
	}
	known := map[string]bool{}
	for _, cause := range diagnose.Causes() {
		if known[cause.ID] {
			t.Errorf("two causes have the id %s", cause.ID)
		}
		known[cause.ID] = true
	}
	for _, id := range want {
		text := rows[id]
		if strings.HasPrefix(text, "- ") {
			continue
		}
		if text == "" {
			t.Errorf("row %s has no cause", id)
		}
		for _, cause := range strings.Fields(text) {
			if !known[cause] {
				t.Errorf("row %s names %s, which is no cause of the catalogue", id, cause)
			}
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows, want %d", len(rows), len(want))
	}
	c := newClinic(t)
	shown := map[string]bool{}
	for _, x := range examples(c.net) {
		shown[x.id] = true
	}
	for id := range known {
		if shown[id] == (elsewhere[id] != "") {
			t.Errorf("%s: shown by an example: %v; elsewhere: %q", id, shown[id], elsewhere[id])
		}
	}
}

// named are the causes without a control: the reason, or the net error, that Chrome gives is
// the cause itself, and nothing else gives it.
var named = strings.Fields(`mixed-content mode-same-origin redirect-mode redirect-with-login list-is-no-list preflight-redirected no-http redirect-broken nothing-listens
	embedder-policy connection-closed port-blocked script-gave-up cache-mode local-network-insecure resource-policy content-security-policy proxy-status`)

// symptoms collects what the examples showed: ids by symptom.
type symptoms struct {
	mu       sync.Mutex
	examples int
	ids      map[string][]string
}

func (s *symptoms) add(d diagnose.Diagnosis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.examples++
	if s.ids == nil {
		s.ids = map[string][]string{}
	}
	symptom := strings.TrimSpace(fmt.Sprintf("%s %s", cmp.Or(string(d.Seen.Verdict), d.Seen.NetError), d.Seen.Reason))
	if !slices.Contains(s.ids[symptom], d.ID) {
		s.ids[symptom] = append(s.ids[symptom], d.ID)
	}
}

// controlled judges that each cause had a control: an example with the same symptom in which
// another cause was named, or none.
func (s *symptoms) controlled(t *testing.T) {
	t.Helper()
	control := map[string]bool{}
	for symptom, ids := range s.ids {
		slices.Sort(ids)
		t.Logf("%-50s %s", symptom, strings.Join(ids, ", "))
		for _, id := range ids {
			control[id] = control[id] || len(ids) > 1
		}
	}
	for id, has := range control {
		if has == slices.Contains(named, id) {
			t.Errorf("%s: has a control: %v", id, has)
		}
	}
}
