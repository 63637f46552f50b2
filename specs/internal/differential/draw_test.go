package differential

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"golang.org/x/net/http/httpguts"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/oracle"
)

// many is how many questions the tests draw. They ask no browser.
const many = 20_000

func TestASeedDrawsTheSame(t *testing.T) {
	different := 0
	for number := range uint64(200) {
		if a, b := Draw(1, number).String(), Draw(1, number).String(); a != b {
			t.Fatalf("question %d is drawn twice, and not the same:\n%s\n%s", number, a, b)
		}
		if Draw(1, number).String() != Draw(2, number).String() {
			different++
		}
	}
	if different < 190 {
		t.Errorf("two seeds draw the same: only %d of 200 questions differ", different)
	}
}

// All pages stay open but the rarest, from which fewer than one in a thousand questions
// comes.
func TestPagesOfQuestions(t *testing.T) {
	pages := map[string]int{}
	for number := range uint64(many) {
		r := Draw(5, number).Request
		pages[fmt.Sprint(r.From, r.Within, r.PageHeaders, r.EffectiveWhere(), r.WorkerScript, r.WorkerHeaders, r.Document, r.Controller.Answer != "")]++
	}
	maps.DeleteFunc(pages, func(_ string, asked int) bool { return asked < many/1000 })
	if len(pages) > Pages || len(pages) < Pages/2 {
		t.Errorf("most questions stand on %d pages, and Pages is %d", len(pages), Pages)
	}
}

// The harness can ask every drawn question, except for headers that no request
// can have; then the page is asked.
func TestDrawnQuestionsCanBeAsked(t *testing.T) {
	for number := range uint64(many) {
		p := Draw(3, number).place("/r/x")
		for _, r := range p.requests() {
			var fault *harness.FaultError
			if err := p.request(r).Validate(); errors.As(err, &fault) && (fault.Field != "Header" || !r.Via.Fetches()) {
				t.Fatalf("question %d: %v\n%s", number, err, p.Question)
			}
		}
	}
}

// A secure page is not led to mixed content, because the oracle does not know
// mixed content.
// https://w3c.github.io/webappsec-mixed-content/
func TestDrawnQuestionsAreNoMixedContent(t *testing.T) {
	for number := range uint64(many) {
		q := Draw(4, number)
		if strings.HasPrefix(q.Request.From, "http:") {
			continue
		}
		for _, h := range q.Hops {
			if strings.HasPrefix(h.Origin, "http:") && !strings.HasSuffix(h.Origin, ".localhost") {
				t.Fatalf("question %d asks %s\n%s", number, h.Origin, q)
			}
			for _, location := range h.Reply.Header.Values("Location") {
				if strings.Contains(location, ":}") {
					t.Fatalf("question %d redirects to %s\n%s", number, location, q)
				}
			}
		}
	}
}

// If HTTP/2 cannot carry an answer, the fixture network answers with an error of
// its own.
func TestStreamsAreAnsweredOverHTTP2(t *testing.T) {
	streams := 0
	for number := range uint64(many) {
		q := Draw(5, number)
		if q.Request.Body.Kind != harness.StreamBody {
			continue
		}
		streams++
		for _, h := range q.Hops {
			for _, a := range []Answer{h.Preflight, h.Reply} {
				for _, f := range a.Header {
					if !httpguts.ValidHeaderFieldValue(bytesOf(f.Value)) || strings.TrimSpace(f.Value) != f.Value {
						t.Fatalf("question %d: %s: %q", number, f.Name, f.Value)
					}
				}
				if a.Drop || h.Origin != "https://"+http2 {
					t.Fatalf("question %d: %+v", number, h)
				}
			}
		}
	}
	if streams < many/200 {
		t.Errorf("%d streams among %d questions", streams, many)
	}
}

// Without Chrome: the grammar reaches each branch, and each reason that the
// oracle can give.
func TestDrawnQuestionsReachEveryBranch(t *testing.T) {
	reached := map[string]bool{}
	reasons := map[harness.Reason]bool{}
	for number := range uint64(many) {
		q := Draw(6, number)
		p := q.place("/r/x")
		caches := map[oracle.As]*oracle.PreflightCache{oracle.Standard: {}, oracle.Chrome: {}}
		for _, r := range p.requests() {
			for as, cache := range caches {
				d := oracle.Decide(oracle.Question{Request: asFetch(p.request(r)), Server: p.reply, As: as, Cache: cache})
				reasons[d.Reason] = true
				for _, b := range d.Branches {
					reached[b] = true
				}
			}
		}
	}
	for _, b := range oracle.Branches() {
		if !reached[b] {
			t.Errorf("nothing reaches %q", b)
		}
	}
	if want := 35; len(reasons) < want {
		t.Errorf("%d reasons, want at least %d: %v", len(reasons), want, fmt.Sprint(reasons))
	}
}
