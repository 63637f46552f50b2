package process

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// wanted is the answer of a route to a request without Origin: the library has nothing to
// do with it.
type wanted struct {
	method, path string
	sent         map[string]string // request headers
	statuses     []int
	body         string
	anyBody      bool
	headers      map[string]string
	// library says that the library may be the cause of another answer.
	library string
}

var plainText = map[string]string{"Content-Type": "text/plain"}

// everyByte is a body with every byte, to find what changes bodies.
func everyByte() string {
	var b []byte
	for i := range 256 {
		b = append(b, byte(i))
	}
	return string(b)
}

// routesWanted are the routes of the contract.
func routesWanted() []wanted {
	ok := map[string]string{"Content-Type": "text/plain", "X-Total": "7", "X-Hidden": "1", "Vary": "Accept-Encoding"}
	kept := map[string]string{"Cache-Control": "max-age=600", "ETag": `"1"`}
	object := map[string]string{"Content-Type": "application/json", "X-Total": "7", "X-Hidden": "1"}
	var list []wanted
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		list = append(list,
			wanted{method: method, path: "/ok", statuses: []int{200}, body: "ok", headers: ok},
			wanted{method: method, path: "/json", statuses: []int{200}, body: `{"ok":true}`, headers: object})
	}
	to := func(location string) wanted {
		return wanted{method: "GET", path: "/redir?to=" + location, statuses: []int{302}, anyBody: true, headers: map[string]string{"Location": location}}
	}
	return append(list,
		wanted{method: "HEAD", path: "/ok", statuses: []int{200}, headers: ok},
		wanted{method: "HEAD", path: "/json", statuses: []int{200}, headers: object},
		wanted{method: "OPTIONS", path: "/options", statuses: []int{200}, body: "mine", headers: map[string]string{"X-App-Options": "1"}, library: "some libraries answer every OPTIONS"},
		wanted{method: "PUT", path: "/put-only", statuses: []int{200}, body: "ok", headers: plainText},
		wanted{method: "GET", path: "/put-only", statuses: []int{404, 405}, anyBody: true},
		wanted{method: "GET", path: "/missing", statuses: []int{404}, anyBody: true},
		wanted{method: "GET", path: "/boom", statuses: []int{500, 501}, anyBody: true},
		wanted{method: "GET", path: "/auth", statuses: []int{401}, body: "login"},
		wanted{method: "PUT", path: "/auth", statuses: []int{401}, body: "login"},
		wanted{method: "GET", path: "/auth", sent: map[string]string{"Authorization": "Bearer x"}, statuses: []int{200}, body: "ok"},
		wanted{method: "GET", path: "/dir/", statuses: []int{200}, body: "ok"},
		wanted{method: "GET", path: "/dir", statuses: []int{301, 302, 303, 307, 308, 404}, anyBody: true, library: "some routers take /dir and /dir/ for one path"},
		to("/ok"), to("https://elsewhere.example.test/x"),
		wanted{method: "GET", path: "/own", statuses: []int{200}, body: "ok", headers: map[string]string{"Access-Control-Allow-Origin": "*"}, library: "the library may replace the header"},
		wanted{method: "GET", path: "/cache", statuses: []int{200}, body: "kept", headers: kept},
		wanted{method: "GET", path: "/cache", sent: map[string]string{"If-None-Match": `"1"`}, statuses: []int{304}, headers: kept},
		wanted{method: "GET", path: "/cookie", statuses: []int{200}, body: "none", headers: map[string]string{"Set-Cookie": "adapter=1; Path=/; Secure; SameSite=None", "Cache-Control": "no-store"}},
		wanted{method: "GET", path: "/cookie", sent: map[string]string{"Cookie": "a=1; b=2"}, statuses: []int{200}, body: "a=1; b=2"},
		wanted{
			method: "GET", path: "/echo?type=image%2Fpng&data=" + base64.RawURLEncoding.EncodeToString([]byte(everyByte())),
			statuses: []int{200}, body: everyByte(), headers: map[string]string{"Content-Type": "image/png", "Cache-Control": "max-age=600"},
		},
		wanted{method: "GET", path: "/echo?type=text%2Fjavascript&data=MQ", statuses: []int{200}, body: "1", headers: map[string]string{"Content-Type": "text/javascript"}},
	)
}

// routes asks every route.
func (c *checker) routes(ctx context.Context, port int) {
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DisableCompression: true},
	}
	defer client.CloseIdleConnections()
	base := "http://127.0.0.1:" + strconv.Itoa(port)
	for _, w := range routesWanted() {
		got, err := w.ask(ctx, client, base)
		where := w.method + " " + cutPath(w.path)
		if err != nil {
			c.complain(where, "no answer: %v", err)
			continue
		}
		for _, problem := range w.differs(got) {
			if w.library != "" {
				c.doubt(where, "%s; %s: keep it, if the library or the framework does so", problem, w.library)
			} else {
				c.complain(where, "%s", problem)
			}
		}
	}
	c.counts(ctx, client, base)
	c.preflighted(ctx, client, base)
}

// cutPath shortens a path.
func cutPath(path string) string {
	const most = 60
	if len(path) > most {
		return path[:most] + "..."
	}
	return path
}

// got is an answer.
type got struct {
	status int
	header http.Header
	body   string
}

func (w wanted) ask(ctx context.Context, client *http.Client, base string) (got, error) {
	var body io.Reader
	if slices.Contains([]string{"POST", "PUT", "PATCH"}, w.method) {
		body = strings.NewReader("x")
	}
	r, err := http.NewRequestWithContext(ctx, w.method, base+w.path, body)
	if err != nil {
		return got{}, err
	}
	r.Host = "check.example.test"
	for name, value := range w.sent {
		r.Header.Set(name, value)
	}
	answer, err := client.Do(r)
	if err != nil {
		return got{}, err
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	_, err = io.Copy(&text, answer.Body)
	return got{answer.StatusCode, answer.Header, text.String()}, err
}

// differs says what is not as it is wanted.
func (w wanted) differs(g got) []string {
	var problems []string
	problem := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if !slices.Contains(w.statuses, g.status) {
		problem("the status is %d, want %s", g.status, strings.ReplaceAll(strings.Trim(fmt.Sprint(w.statuses), "[]"), " ", " or "))
		return problems // the rest follows from it
	}
	if !w.anyBody && g.body != w.body {
		problem("the body is %q, want %q", cutPath(g.body), cutPath(w.body))
	}
	if encoding := g.header.Get("Content-Encoding"); encoding != "" {
		problem("the body is encoded with %s: want nothing between the library and the socket that changes it", encoding)
	}
	for name, value := range w.headers {
		if !carries(g.header.Values(name), name, value) {
			problem("%s is %q, want %q", name, g.header.Values(name), value)
		}
	}
	slices.Sort(problems)
	return problems
}

// carries says whether header lines have a value: of a list, one item; of a content type,
// the type without its parameters.
func carries(lines []string, name, value string) bool {
	for _, line := range lines {
		switch name {
		case "Content-Type":
			if kind, _, err := mime.ParseMediaType(line); err == nil && kind == value {
				return true
			}
		case "Vary", "Cache-Control":
			for item := range strings.SplitSeq(line, ",") {
				if strings.EqualFold(strings.TrimSpace(item), value) {
					return true
				}
			}
		case "Set-Cookie":
			if sameCookie(line, value) {
				return true
			}
		default:
			if line == value {
				return true
			}
		}
	}
	return false
}

// sameCookie compares a cookie and its attributes, in any order and case.
func sameCookie(a, b string) bool {
	parts := func(line string) []string {
		list := strings.Split(line, ";")
		for i := range list {
			list[i] = strings.ToLower(strings.TrimSpace(list[i]))
		}
		slices.Sort(list)
		return list
	}
	return slices.Equal(parts(a), parts(b))
}

// counts wants the handler of /ok to have been counted: each method ran once.
func (c *checker) counts(ctx context.Context, client *http.Client, base string) {
	g, err := wanted{method: "GET", path: "/count"}.ask(ctx, client, base)
	var runs map[string]int
	if err == nil {
		err = json.Unmarshal([]byte(g.body), &runs)
	}
	if err != nil {
		c.complain("GET /count", "want JSON with a number for each method: %v", err)
		return
	}
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if runs[method] != 1 {
			c.complain("GET /count", "%s is %d after one request, want 1", method, runs[method])
		}
	}
}

// preflighted looks at the preflight of a route that other methods have. A framework that
// answers it has the library in the wrong place, or the library answers none.
func (c *checker) preflighted(ctx context.Context, client *http.Client, base string) {
	w := wanted{method: "OPTIONS", path: "/ok", sent: map[string]string{"Origin": "https://app.example.test", "Access-Control-Request-Method": "PUT"}}
	g, err := w.ask(ctx, client, base)
	switch {
	case err != nil:
		c.complain("preflight of PUT /ok", "no answer: %v", err)
	case g.status == 404 || g.status == 405:
		c.doubt("preflight of PUT /ok", "the status is %d, which a router gives to a method that it does not know: is the library mounted before the routes, as its README says?", g.status)
	}
}
