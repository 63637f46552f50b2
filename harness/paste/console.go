package paste

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/plain"
)

// A terminal breaks console lines anywhere, so a line is matched without its white space,
// which neither a URL nor an origin has.
var (
	chromeLine  = regexp.MustCompile(`(?:Accessto([A-Za-z]*))?at'([^']+(?:'[^']+)*?)'(?:\(redirectedfrom'(.+?)'\))?fromorigin'([^']*)'(?:hasbeenblocked(?:byCORSpolicy:?)?)?`)
	chromeStart = regexp.MustCompile(`Accessto([A-Za-z]*)at'([^']*)(')?`)
	chromeEnd   = regexp.MustCompile(`fromorigin'([^']*)'hasbeenblockedbyCORSpolicy:?`)
	firefoxLine = regexp.MustCompile(`Cross-OriginRequestBlocked:TheSameOriginPolicydisallowsreadingtheremoteresourceat'?(\w+:[^'()]+?)'?\.?\((?:Reason:)`)
	safariLine  = regexp.MustCompile(`(FetchAPI|XMLHttpRequest|EventSource)cannotload(\w+:\S+?)duetoaccesscontrolchecks`)
	safariCheck = regexp.MustCompile(`Origin(\S+?)isnotallowedbyAccess-Control-Allow-Origin`)
	mixedLine   = regexp.MustCompile(`MixedContent:Thepageat'(.+?)'wasloadedoverHTTPS,butrequestedaninsecure([A-Za-z]*?)(?:endpoint)?'(.+?)'`)
	anyURL      = regexp.MustCompile(`(?:https?|wss?)://[^\s'"<>()]+`)
	netError    = regexp.MustCompile(`(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)(https?://\S+?)net::ERR_`)
	netLine     = regexp.MustCompile(`\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\s+((?:https?)://\S+)`)
)

// isConsole says whether a text is of a browser's console.
func isConsole(text string) bool {
	words := squeeze(text)
	return strings.Contains(words, "blockedbyCORSpolicy") || chromeStart.MatchString(words) || safariLine.MatchString(words) || netError.MatchString(words) || mixedLine.MatchString(words) ||
		strings.Contains(words, "Cross-OriginRequestBlocked") || anyURL.MatchString(text) && translated(text)
}

// translated says whether a text speaks of CORS in a language of its own: Firefox translates
// its console, and Chrome does not.
func translated(text string) bool {
	return strings.Contains(text, "CORS") || strings.Contains(text, "Cross-Origin") || strings.Contains(text, "Access-Control-Allow-")
}

// squeeze removes white space and makes all quotes straight.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case strings.ContainsRune("‘’‚‛“”„‟\"", r):
			return '\''
		}
		return r
	}, text)
}

// readConsole reads the lines of a console.
func readConsole(text string, o Options) ([]Question, error) {
	words := squeeze(text)
	var list []Question
	for _, read := range []func(string) ([]*sight, []Claim, error){chromeLines, mixedLines, firefoxLines, safariLines, netErrorLines} {
		sights, claims, err := read(words)
		if err != nil {
			return nil, err
		}
		for i, s := range sights {
			s.asConsoleSays(claims[i], text)
			q, err := s.question(o)
			if err != nil {
				return nil, fmt.Errorf("%w (understood: %s)", err, understood(s, claims[i]))
			}
			q.Claim = claims[i]
			list = append(list, q)
		}
		if len(list) > 0 {
			return distinct(list), nil
		}
	}
	return otherLine(text, o)
}

// understood says what a line that is not whole says.
func understood(s *sight, c Claim) string {
	parts := []string{}
	if s.request.URL != "" {
		parts = append(parts, "the URL "+plain.Safe(s.request.URL))
	}
	if s.request.From != "" {
		parts = append(parts, "the origin "+plain.Safe(s.request.From))
	}
	if len(c.Reasons) > 0 {
		parts = append(parts, "the reason "+string(c.Reasons[0]))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// chromeLines reads the lines of Chrome, which are whole or lack their end.
func chromeLines(words string) (sights []*sight, claims []Claim, err error) {
	places := chromeLine.FindAllStringSubmatchIndex(words, -1)
	if len(places) == 0 {
		return brokenChromeLine(words)
	}
	part := func(at []int, n int) string {
		if at[2*n] < 0 {
			return ""
		}
		return words[at[2*n]:at[2*n+1]]
	}
	for i, at := range places {
		end := len(words)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		s := &sight{request: harness.Request{URL: part(at, 2), From: pageOrigin(part(at, 4))}}
		if part(at, 3) != "" {
			s.note("the request was redirected to %s: the page asked for %s", plain.Safe(part(at, 2)), plain.Safe(part(at, 3)))
			s.request.URL = part(at, 3)
		}
		s.kind(part(at, 1))
		if s.request.From == harness.OpaqueOrigin {
			s.note("the page's origin is null: it is taken for a sandboxed page; for a page that was opened from a file, add --from file:")
		}
		sights, claims = append(sights, s), append(claims, chromeClaim(words[at[1]:end]))
	}
	return sights, claims, nil
}

var (
	errCutURL = errors.New("the line ends in the middle of its URL: paste the whole line")
	errNoURL  = errors.New("the beginning of the line with the URL is missing: paste the whole line")
)

// brokenChromeLine reads a line of which only a part is there.
func brokenChromeLine(words string) ([]*sight, []Claim, error) {
	if at := chromeStart.FindStringSubmatch(words); at != nil {
		s := &sight{request: harness.Request{URL: at[2]}}
		if at[3] == "" {
			return nil, nil, fmt.Errorf("%w (understood: %s)", errCutURL, understood(s, Claim{}))
		}
		s.kind(at[1])
		s.note("the line is cut after its URL: its origin and its reason are missing")
		return []*sight{s}, []Claim{{}}, nil
	}
	if at := chromeEnd.FindStringSubmatchIndex(words); at != nil {
		s := &sight{request: harness.Request{From: pageOrigin(words[at[2]:at[3]])}}
		return nil, nil, fmt.Errorf("%w (understood: %s)", errNoURL, understood(s, chromeClaim(words[at[1]:])))
	}
	return nil, nil, nil
}

// mixedLines reads the lines of Chrome about mixed content.
func mixedLines(words string) (sights []*sight, claims []Claim, err error) {
	for _, at := range mixedLine.FindAllStringSubmatch(words, -1) {
		s := &sight{request: harness.Request{URL: at[3]}, page: at[1]}
		if at[2] != "resource" { // which says nothing here
			s.kind(at[2])
		}
		sights, claims = append(sights, s), append(claims, Claim{Reasons: []harness.Reason{harness.BlockedByMixedContent}})
	}
	return sights, claims, nil
}

// firefoxLines reads the lines of Firefox in English, which do not say which page asked.
func firefoxLines(words string) (sights []*sight, claims []Claim, err error) {
	places := firefoxLine.FindAllStringSubmatchIndex(words, -1)
	for i, at := range places {
		end := len(words)
		if i+1 < len(places) {
			end = places[i+1][0]
		}
		sights = append(sights, &sight{request: harness.Request{URL: words[at[2]:at[3]]}})
		claims = append(claims, firefoxClaim(words[at[1]:end]))
	}
	return sights, claims, nil
}

// safariLines reads the lines of Safari: one has the URL, another one the origin.
func safariLines(words string) (sights []*sight, claims []Claim, err error) {
	claim, from := Claim{}, ""
	if at := safariCheck.FindStringSubmatch(words); at != nil {
		claim.Reasons, from = slices.Concat(missingOrigin, mismatch), pageOrigin(at[1])
	}
	for _, at := range safariLine.FindAllStringSubmatch(words, -1) {
		s := &sight{request: harness.Request{URL: at[2], From: from}}
		s.kind(map[string]string{"FetchAPI": "fetch", "XMLHttpRequest": "XMLHttpRequest"}[at[1]])
		sights, claims = append(sights, s), append(claims, claim)
	}
	return sights, claims, nil
}

// netErrorLines reads the lines of Chrome that follow the one of CORS: they have the method and
// the URL, and neither the page nor the reason.
func netErrorLines(words string) (sights []*sight, claims []Claim, err error) {
	for _, at := range netError.FindAllStringSubmatch(words, -1) {
		sights, claims = append(sights, &sight{request: harness.Request{URL: at[2]}}), append(claims, Claim{method: at[1]})
	}
	return sights, claims, nil
}

// otherLine reads a text in another language: its only URL.
func otherLine(text string, o Options) ([]Question, error) {
	urls := anyURL.FindAllString(text, -1)
	for i := range urls {
		urls[i] = strings.TrimRight(urls[i], ".,;:’”»")
	}
	urls = slices.DeleteFunc(urls, func(u string) bool { return strings.HasPrefix(u, "https://developer.mozilla.org/") })
	slices.Sort(urls)
	if urls = slices.Compact(urls); len(urls) != 1 {
		return nil, fmt.Errorf("the wording of this text is not known, and it has %d URLs: give the URL as the argument, and the origin of the page with --from", len(urls))
	}
	s := &sight{request: harness.Request{URL: urls[0]}}
	s.note("the wording of this text is not known, or not English: its URL was taken, and its reason was not read")
	s.asConsoleSays(Claim{}, "")
	q, err := s.question(o)
	return []Question{q}, err
}

// kinds are the initiators by the words of Chrome 156's console, without blanks. Chrome says
// "resource" for EventSource.
var kinds = map[string]harness.Via{
	"fetch": "", "XMLHttpRequest": harness.ViaXHR, "image": harness.ViaImage, "script": harness.ViaScript,
	"CSSstylesheet": harness.ViaStylesheet, "stylesheet": harness.ViaStylesheet, "font": harness.ViaFont, "audio": harness.ViaAudio, "video": harness.ViaVideo,
	"texttrack": harness.ViaTrack, "manifest": harness.ViaManifest, "SVGdocument": harness.ViaSVGUse,
	"linkelementresource": harness.ViaPreload, "resource": harness.ViaEventSource,
}

// kind takes the word for what was loaded. What an element loads has the mode cors, or the
// line would not be: https://html.spec.whatwg.org/multipage/urls-and-fetching.html#cors-settings-attribute
func (s *sight) kind(word string) {
	via, known := kinds[word]
	s.request.Via, s.request.Mode = via, harness.CORS
	if !known && word != "" {
		s.note("the line says %q, which may be several initiators: the request is made by fetch(); another one is chosen with --via", plain.Clean(word))
	}
}

// asConsoleSays takes what the line and the lines around it say of the request.
func (s *sight) asConsoleSays(c Claim, text string) {
	if c.credentials {
		s.request.Credentials = harness.Include
	}
	s.request.Method = c.method
	if c.header != "" {
		s.headers = append(s.headers, standIn(c.header))
		s.note("the request has the header %s with a stand-in for its value, which the line does not say", plain.Clean(c.header))
	}
	for _, at := range netLine.FindAllStringSubmatch(text, -1) {
		if at[2] == s.request.URL && s.request.Method == "" {
			s.request.Method = at[1]
		}
	}
	switch {
	case !s.request.Via.Fetches() && s.request.Via != harness.ViaXHR:
	case c.preflight() && s.request.Method == "" && c.header == "":
		s.note("the line is about a preflight, and does not say which method and which headers the request had: without them there may be no preflight; add --method, --header and --credentials as the page has them")
	default:
		s.note("a console line does not say all of the request: add --method, --header, --body and --credentials where the page has them")
	}
}

// distinct removes questions that stand there twice.
func distinct(list []Question) []Question {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(q Question) bool {
		key := identity(q)
		defer func() { seen[key] = true }()
		return seen[key]
	})
}
