package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/behaviour"
	"github.com/corsproof/corsproof/harness/finding"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// evidenceNotes are what the evidence says of the worth of findings that held.
func evidenceNotes(p policy.Policy, findings []finding.Finding) []string {
	return slices.Concat(cookieNotes(p, findings), cacheNotes(findings), standardNotes(findings))
}

// cookieNotes tell of each cookie of the policy that went along with no question: a run that
// seems to be signed in, and is not.
// https://httpwg.org/http-extensions/draft-ietf-httpbis-rfc6265bis.html#name-the-samesite-attribute-2
func cookieNotes(p policy.Policy, findings []finding.Finding) []string {
	questions, sent, refused := 0, map[string]int{}, map[string]*heldBack{}
	for _, f := range findings {
		for _, s := range f.Steps {
			if f.Wire || s.Observation.Request.Credentials != harness.Include {
				continue
			}
			questions++
			held := map[string]bool{}
			for _, e := range s.Observation.Exchanges {
				for _, c := range e.Cookies {
					if c.Sent {
						sent[c.Name]++
						continue
					}
					if refused[c.Name] == nil {
						refused[c.Name] = &heldBack{}
					}
					refused[c.Name].add(c, !held[c.Name])
					held[c.Name] = true
				}
			}
		}
	}
	var list []string
	for _, c := range p.Ask.Cookies {
		if questions == 0 || sent[c.Name] > 0 {
			continue
		}
		if refused[c.Name] == nil {
			list = append(list, fmt.Sprintf("The browser sent the cookie %s in 0 of %d questions with credentials: %s.", c.Name, questions, byHeaders))
			continue
		}
		cause, remedy := refused[c.Name].cookie.Refused()
		if !web.TakesSecureCookies(p.Target) {
			remedy = "Browsers send a cookie to another site only with SameSite=None and Secure, and Secure only over https or to this machine: use a target with https."
		}
		list = append(list, fmt.Sprintf("The cookie %s was held back in %d of %d questions with credentials, because %s: %s. %s",
			c.Name, refused[c.Name].questions, questions, cause, byHeaders, remedy))
	}
	return list
}

// byHeaders is what it means that no cookie went along.
const byHeaders = "only the headers of answers with credentials were judged, not the answers to a signed-in client"

// heldBack is a cookie that the browser did not send, with every reason that it gave.
type heldBack struct {
	cookie    harness.Cookie
	questions int
}

// add adds the reasons of one request. first says that its question has no other yet.
func (h *heldBack) add(c harness.Cookie, first bool) {
	if first {
		h.questions++
	}
	for _, why := range c.Blocked {
		if !slices.Contains(h.cookie.Blocked, why) {
			h.cookie.Blocked = append(h.cookie.Blocked, why)
		}
	}
}

// cacheNotes tell of probes about caches that held without a cache: the second question was
// answered by the server, and the first answer, which does not suit it, did not say that it
// must be.
// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
func cacheNotes(findings []finding.Finding) []string {
	var probes []string
	for _, f := range findings {
		b, _ := behaviour.Of(f.ID)
		aim, _ := b.On(f.Side)
		if f.Outcome != finding.Held || aim.Harm != behaviour.LockedOutByCache || b.Needs != behaviour.Caches || len(f.Steps) < 2 {
			continue
		}
		first, _ := lastResponse(f.Steps[0].Observation)
		second, _ := lastResponse(f.Steps[len(f.Steps)-1].Observation)
		suits := slices.Equal(first.ResponseHeaders.Values(web.NameAllowOrigin), second.ResponseHeaders.Values(web.NameAllowOrigin))
		if second.FromCache == "" && second.Status != statusNotModified && !suits && !first.ResponseHeaders.VariesByOrigin() && !says(first.ResponseHeaders, "no-store") {
			probes = append(probes, f.ID+" of "+f.Resource)
		}
	}
	if probes == nil {
		return nil
	}
	return []string{fmt.Sprintf("%s: held, but this proves nothing. The browser kept no answer in its cache, so it asked the server again. K55 judges what caches may do with the answers.", listed(probes))}
}

// listed lists a few names, and counts the rest.
func listed(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// says says whether a response has a directive for caches.
// https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2
func says(response harness.Header, directive string) bool {
	return slices.ContainsFunc(response.Items(web.NameCacheControl), func(d string) bool { return strings.EqualFold(d, directive) })
}

// standardNotes tell of verdicts that the browser draws and the standard does not: another browser
// may draw another one.
func standardNotes(findings []finding.Finding) []string {
	probes := map[string][]string{}
	var order []string
	var brand string // of the one browser of the run
	for _, f := range findings {
		for _, s := range f.Steps {
			if f.Wire || !s.Decided || f.Outcome != finding.Held || s.Observation.Request.DryRun {
				continue
			}
			says, known := oracle.Observed(s.Observation, oracle.Standard)
			own, modelled := oracle.Observed(s.Observation, oracle.Of(s.Observation.Browser))
			if !known || !modelled || own.Verdict != s.Observation.Verdict || says.Verdict == s.Observation.Verdict {
				continue
			}
			text := string(says.Verdict)
			for _, part := range []string{string(says.Reason), says.Parameter} {
				if part != "" {
					text += ", " + part
				}
			}
			if probes[text] == nil {
				order = append(order, text)
			}
			brand = s.Observation.Browser.Brand()
			probes[text] = append(probes[text], f.ID+" of "+f.Resource)
		}
	}
	var list []string
	for _, text := range order {
		list = append(list, fmt.Sprintf("%s: held in %s, and the Fetch standard gives another verdict: %s. Other browsers may follow it, and so may a later %s.", listed(probes[text]), brand, text, brand))
	}
	return list
}
