package harness

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden transcripts")

// situations are Observations as a browser makes them, one for each kind of story.
var situations = map[string]Observation{
	"readable": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1"},
		Verdict: Readable,
		Script:  Script{Type: "cors", Status: 200, Headers: Header{{"content-type", "text/plain"}}, BodySize: 2, Body: "ok"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Status: 200,
			RequestHeaders:  Header{{"origin", "https://app.test"}, {"accept", "*/*"}},
			ResponseHeaders: Header{{"access-control-allow-origin", "*"}, {"content-type", "text/plain"}}}},
		Arrivals: []Arrival{{Method: "GET", URL: "https://api.test/r/1"}},
	},
	"missing": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1"},
		Verdict: Blocked, Reason: MissingAllowOriginHeader, NetError: "net::ERR_FAILED",
		Script: Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Status: 500, NetError: "net::ERR_FAILED",
			RequestHeaders: Header{{"Origin", "https://app.test"}}, ResponseHeaders: Header{{"Content-Type", "text/html"}}}},
		Console: []Message{
			{"javascript", "error", "Access to fetch at 'https://api.test/r/1' from origin 'https://app.test' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."},
			{"network", "error", "Failed to load resource: net::ERR_FAILED"},
		},
		Issues:   []Issue{{"CorsIssue", "MissingAllowOriginHeader"}},
		Arrivals: []Arrival{{Method: "GET"}},
	},
	"preflight-refused": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1", Method: "PUT", Body: JSON(`{"pin":1234}`), Credentials: Include,
			Headers: Header{{"Authorization", "Bearer s3cret"}}},
		Verdict: Blocked, Reason: HeaderDisallowedByPreflightResponse, Parameter: "authorization",
		Script: Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{
			{Kind: Preflight, Method: "OPTIONS", URL: "https://api.test/r/1", Sent: true, Status: 204,
				RequestHeaders: Header{{"Origin", "https://app.test"}, {"Access-Control-Request-Method", "PUT"}, {"Access-Control-Request-Headers", "authorization,content-type"}},
				ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://app.test"}, {"Access-Control-Allow-Credentials", "true"},
					{"Access-Control-Allow-Methods", "PUT"}, {"Access-Control-Allow-Headers", "content-type"}, {"Vary", "Origin"}}},
			{Kind: ActualRequest, Method: "PUT", URL: "https://api.test/r/1"},
		},
		Arrivals: []Arrival{{Method: "OPTIONS"}},
	},
	"reflected": {
		Request: Request{From: "https://evil.test", URL: "https://api.test/r/1", Method: "PUT", Credentials: Include},
		Verdict: Readable,
		Script:  Script{Type: "cors", Status: 200, Headers: Header{{"content-type", "text/plain"}}, BodySize: 2},
		Exchanges: []Exchange{
			{Kind: Preflight, Method: "OPTIONS", URL: "https://api.test/r/1", Sent: true, Status: 204,
				RequestHeaders:  Header{{"Origin", "https://evil.test"}, {"Access-Control-Request-Method", "PUT"}},
				ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://evil.test"}, {"Access-Control-Allow-Credentials", "true"}}},
			{Kind: ActualRequest, Method: "PUT", URL: "https://api.test/r/1", Sent: true, Status: 200, Cookies: []Cookie{{Name: "sid", Sent: true}},
				RequestHeaders:  Header{{"Origin", "https://evil.test"}, {"Cookie", "sid=s3cret"}},
				ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://evil.test"}, {"Access-Control-Allow-Credentials", "true"}}},
		},
		Arrivals: []Arrival{{Method: "OPTIONS"}, {Method: "PUT"}},
	},
	"redirect": {
		Request: Request{From: "https://app.test", URL: "https://api.test/old"},
		Verdict: Blocked, Reason: AllowOriginMismatch, Parameter: "https://app.test",
		Script: Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{
			{Kind: ActualRequest, Method: "GET", URL: "https://api.test/old", Sent: true, Status: 302, RequestHeaders: Header{{"Origin", "https://app.test"}},
				ResponseHeaders: Header{{"Location", "https://other.test/new"}, {"Access-Control-Allow-Origin", "https://app.test"}}},
			{Kind: RedirectHop, Method: "GET", URL: "https://other.test/new", Sent: true, Status: 200, RequestHeaders: Header{{"Origin", "null"}},
				ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://app.test"}}},
		},
		Arrivals: []Arrival{{Method: "GET"}, {Method: "GET"}},
	},
	"policy": {
		Request: Request{From: "https://app.test", Within: "https://shop.test", URL: "https://api.test/r/1", Via: ViaWorker,
			PageHeaders: Header{{"Content-Security-Policy", "connect-src 'self'"}}, ReferrerPolicy: NoReferrer, Integrity: "sha256-x", TargetAddressSpace: SpaceLocal},
		Verdict: Blocked, Reason: BlockedByCSP, Parameter: "connect-src",
		Script:   Script{Error: "TypeError: Failed to fetch"},
		Issues:   []Issue{{"ContentSecurityPolicyIssue", "connect-src"}},
		Arrivals: []Arrival{},
	},
	"unseen": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1", Via: ViaSharedWorker},
		Verdict: Blocked, Reason: MissingAllowOriginHeader,
		Script:    Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Unseen: true}},
	},
	"file": {
		Request: Request{From: FilePage, URL: "https://api.test/r/1"},
		Verdict: Blocked, Reason: AllowOriginMismatch, Parameter: "https://app.test",
		Script: Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Status: 200,
			RequestHeaders: Header{{"Origin", "null"}}, ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://app.test"}}}},
	},
	"opaque": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1", Mode: NoCORS, Headers: Header{{"Cookie", "a=b"}}},
		Verdict: Opaque,
		Script:  Script{Type: "opaque", Dropped: []string{"Cookie"}},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Status: 200,
			ResponseHeaders: Header{{"Content-Type", "application/json"}, {"Cross-Origin-Resource-Policy", "cross-origin"}}}},
		Issues: []Issue{{"GenericIssue", "ResponseWasBlockedByORB"}},
	},
	"not-sent": {
		Request: Request{From: "null", URL: "https://user:pass@api.test:6000/r/1", Via: ViaXHR, Cache: CacheNoStore},
		Verdict: Blocked, Reason: UnsafePort, NetError: "net::ERR_UNSAFE_PORT",
		Script:    Script{Error: "NetworkError: Failed to load 'https://user:pass@api.test:6000/r/1'."},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://user:pass@api.test:6000/r/1", NetError: "net::ERR_UNSAFE_PORT"}},
		Arrivals:  []Arrival{},
	},
	"cookies-held-back": {
		Request: Request{From: "https://app.other", URL: "https://api.test/me", Credentials: Include},
		Verdict: Readable,
		Script:  Script{Type: "cors", Status: 401, BodySize: 1, Truncated: true},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/me", Sent: true, Status: 401,
			Cookies: []Cookie{{Name: "theme", Sent: true}, {Name: "sid", Blocked: []string{"SameSiteLax"}},
				{Name: "id", Blocked: []string{"UserPreferences", "NewReason"}}, {Name: "x"}},
			RequestHeaders:  Header{{"Origin", "https://app.other"}, {"Authorization", "Basic s3cret"}},
			ResponseHeaders: Header{{"Access-Control-Allow-Origin", "https://app.other"}, {"Access-Control-Allow-Credentials", "true"}, {"Vary", "Origin"}}}},
	},
	"local-network": {
		Request: Request{From: "https://app.example.com", URL: "http://localhost:3000/"},
		Verdict: Blocked, Reason: LocalNetworkAccessPermissionDenied,
		Script:    Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "http://localhost:3000/", AddressSpace: SpaceLoopback}},
		Page:      Page{Origin: "https://app.example.com", SecureContext: true, AddressSpace: "Unknown", LocalNetwork: PermissionDenied},
		Arrivals:  []Arrival{},
	},
	"from-cache": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1"},
		Verdict: Blocked, Reason: MissingAllowOriginHeader,
		Script: Script{Error: "TypeError: Failed to fetch"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Status: 200, FromCache: "disk",
			ResponseHeaders: Header{{"Cache-Control", "max-age=60"}}}},
		Arrivals: []Arrival{},
	},
	"hostile": {
		Request: Request{From: "https://app.test", URL: "https://api.test/r/1"},
		Verdict: Blocked, Reason: InvalidAllowOriginValue, Parameter: "x\x1b[2J",
		Script: Script{Error: "TypeError: \x1b]0;owned\x07"},
		Exchanges: []Exchange{{Kind: ActualRequest, Method: "GET", URL: "https://api.test/r/1", Sent: true, Status: 200,
			RequestHeaders: Header{{"Origin", "https://app.test"}}, ResponseHeaders: Header{{"Access-Control-Allow-Origin", "x\x1b[2J\xff\u202e"}}}},
		Console: []Message{{"javascript", "error", "first\x9b1m\nsecond"}},
	},
}

func TestTranscripts(t *testing.T) {
	for name, o := range situations {
		t.Run(name, func(t *testing.T) {
			golden(t, filepath.Join("testdata", "transcripts", name+".txt"), o.String())
			if o.GomegaString() != o.String() {
				t.Error("GomegaString differs from String")
			}
		})
	}
}

// golden compares a text with a file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("the transcript is not as in %s; got:\n%s", file, got)
	}
}

func TestSecretsAreNotInATranscript(t *testing.T) {
	for name, o := range situations {
		for _, secret := range []string{"s3cret", "1234", "user:pass"} {
			if strings.Contains(o.Transcript().Text(ANSIColors, 0), secret) {
				t.Errorf("%s: the transcript has %q", name, secret)
			}
		}
	}
}
