package wire

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// app is the origin of an app.
const app = "capacitor://localhost"

// served serves a handler until the test ends.
func served(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// fetched asks and wants a verdict.
func fetched(t *testing.T, r harness.Request) harness.Observation {
	t.Helper()
	seen, err := Fetch(t.Context(), nil, r)
	if err != nil {
		t.Fatal(err)
	}
	if !seen.Wire || seen.Browser.Name != "" {
		t.Errorf("wire: %v, browser: %q", seen.Wire, seen.Browser.Name)
	}
	return seen
}

func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		allowed     []string
		credentials harness.Credentials
		want        harness.Verdict
		reason      harness.Reason
	}{
		"without permission":        {nil, "", harness.Blocked, harness.MissingAllowOriginHeader},
		"named":                     {[]string{app}, "", harness.Readable, ""},
		"any":                       {[]string{"*"}, "", harness.Readable, ""},
		"any, with credentials":     {[]string{"*"}, harness.Include, harness.Blocked, harness.WildcardOriginNotAllowed},
		"another app":               {[]string{"ionic://localhost"}, "", harness.Blocked, harness.AllowOriginMismatch},
		"a page of the web":         {[]string{"http://localhost"}, "", harness.Blocked, harness.AllowOriginMismatch},
		"an opaque origin":          {[]string{"null"}, "", harness.Blocked, harness.AllowOriginMismatch},
		"with a slash":              {[]string{app + "/"}, "", harness.Blocked, harness.AllowOriginMismatch},
		"named, without permission": {[]string{app}, harness.Include, harness.Blocked, harness.InvalidAllowCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			var origins []string
			url := served(t, func(w http.ResponseWriter, r *http.Request) {
				origins = r.Header.Values("Origin")
				w.Header()["Access-Control-Allow-Origin"] = test.allowed
			})
			seen := fetched(t, harness.Request{From: app, URL: url, Credentials: test.credentials})
			if seen.Verdict != test.want || seen.Reason != test.reason || !slices.Equal(origins, []string{app}) {
				t.Errorf("%s %s, asked as %q", seen.Verdict, seen.Reason, origins)
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	var asked []string
	allow := ""
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked = append(asked, strings.TrimSpace(r.Method+" "+r.Header.Get("Access-Control-Request-Method")+" "+r.Header.Get("Access-Control-Request-Headers")+" "+string(body)))
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Methods", allow)
		w.Header().Set("Access-Control-Allow-Headers", "content-type, x-one")
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, "hello")
	})
	r := harness.Request{From: app, URL: url, Method: "PUT", Headers: harness.Header{{Name: "X-One", Value: "1"}, {Name: "Cookie", Value: "a=b"}}, Body: harness.JSON("{}")}
	if seen := fetched(t, r); seen.Reason != harness.MethodDisallowedByPreflightResponse || seen.Parameter != "PUT" || !slices.Equal(asked, []string{"OPTIONS PUT content-type,x-one"}) {
		t.Errorf("%s (%s): %q", seen.Reason, seen.Parameter, asked)
	}
	asked, allow = nil, "PUT"
	seen := fetched(t, r)
	if seen.Verdict != harness.Readable || !slices.Equal(asked, []string{"OPTIONS PUT content-type,x-one", "PUT   {}"}) {
		t.Errorf("%s: %q", seen.Verdict, asked)
	}
	if s := seen.Script; s.Status != 200 || s.Type != "cors" || s.Body != "hello" || s.BodySize != 5 || !slices.Equal(s.Dropped, []string{"Cookie"}) || len(s.Headers) == 0 {
		t.Errorf("script: %+v", s)
	}
	asked, r.DryRun = nil, true
	if seen := fetched(t, r); seen.Verdict != harness.Readable || !seen.Withheld() || len(asked) != 1 || seen.Exchanges[1].Sent {
		t.Errorf("dry run: %s, withheld: %v, %q", seen.Verdict, seen.Withheld(), asked)
	}
}

func TestBodies(t *testing.T) {
	fields := []harness.Field{{Name: "a b", Value: "1"}, {Name: `c"`, Value: "é"}}
	for name, test := range map[string]struct {
		body       harness.Body
		kind, want string
	}{
		"text":      {harness.Text("hi"), "text/plain;charset=UTF-8", "hi"},
		"form":      {harness.Form(fields...), "application/x-www-form-urlencoded;charset=UTF-8", "a+b=1&c%22=%C3%A9"},
		"bytes":     {harness.Bytes([]byte{0, 255}), "", "\x00\xff"},
		"multipart": {harness.Multipart(fields...), "multipart/form-data; boundary=", "Content-Disposition: form-data; name=\"c%22\"\r\n\r\né\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var body, kind string
			url := served(t, func(w http.ResponseWriter, r *http.Request) {
				text, _ := io.ReadAll(r.Body)
				body, kind = string(text), r.Header.Get("Content-Type")
			})
			fetched(t, harness.Request{From: app, URL: url, Method: "POST", Body: test.body})
			if _, parameters, err := mime.ParseMediaType(kind); test.body.Kind == harness.MultipartBody {
				form, failed := multipart.NewReader(strings.NewReader(body), parameters["boundary"]).ReadForm(1 << 10)
				if err = errors.Join(err, failed); err != nil || form.Value["a b"][0] != "1" {
					t.Errorf("%v: %+v", err, form)
				}
			}
			if !strings.Contains(body, test.want) || !strings.HasPrefix(kind, test.kind) {
				t.Errorf("%q as %q, want %q as %q", body, kind, test.want, test.kind)
			}
		})
	}
}

func TestRedirect(t *testing.T) {
	var origins []string
	target := served(t, func(w http.ResponseWriter, r *http.Request) {
		origins = append(origins, r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Origin", "*")
	})
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		origins = append(origins, r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Origin", "*")
		http.Redirect(w, r, target, http.StatusFound)
	})
	seen := fetched(t, harness.Request{From: app, URL: url})
	if seen.Verdict != harness.Readable || !slices.Equal(origins, []string{app, "null"}) || len(seen.Exchanges) != 2 || seen.Exchanges[1].Kind != harness.RedirectHop {
		t.Errorf("%s, %q, %+v", seen.Verdict, origins, seen.Exchanges)
	}
}

func TestNoAnswer(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hangs := served(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	short, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("nothing within 50ms"))
	defer cancel()
	for url, missing := range map[string]string{gone.URL: "connection refused", hangs: "nothing within 50ms"} {
		ctx := t.Context()
		if url == hangs {
			ctx = short
		}
		seen, err := Fetch(ctx, nil, harness.Request{From: app, URL: url})
		if inconclusive, ok := errors.AsType[*harness.InconclusiveError](err); !ok || inconclusive.Missing != missing || seen.Verdict != "" {
			t.Errorf("%s (%v), want %s", seen.Verdict, err, missing)
		}
	}
}

func TestChromeIsAskedWhereItCan(t *testing.T) {
	_, err := Fetch(t.Context(), nil, harness.Request{From: "https://app.test", URL: "https://api.test/"})
	if err == nil || !strings.Contains(err.Error(), "ask Chrome") {
		t.Error(err)
	}
	_, err = Fetch(t.Context(), nil, harness.Request{From: "capacitor:/localhost", URL: "https://api.test/"})
	if _, ok := errors.AsType[*harness.FaultError](err); !ok {
		t.Error(err)
	}
}

// A body that breaks off is no answer, as in a browser; of a long one, the beginning is told.
func TestBodyBreaksOff(t *testing.T) {
	url := served(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.URL.Path == "/long" {
			_, _ = w.Write(make([]byte, 2*maxBeginning))
			return
		}
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte("half"))
	})
	seen, err := Fetch(t.Context(), nil, harness.Request{From: app, URL: url})
	if inconclusive, ok := errors.AsType[*harness.InconclusiveError](err); !ok || !strings.Contains(inconclusive.Missing, "broke off after its headers") || seen.Verdict != "" {
		t.Errorf("%s (%v)", seen.Verdict, err)
	}
	if seen := fetched(t, harness.Request{From: app, URL: url + "/long"}); !seen.Script.Truncated || seen.Script.BodySize != maxBeginning {
		t.Errorf("%d bytes, truncated: %v", seen.Script.BodySize, seen.Script.Truncated)
	}
}
