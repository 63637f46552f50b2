package adapter

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

// ask answers one request with the handler.
func ask(handler http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestMuxAnswersTheRoutes(t *testing.T) {
	t.Parallel()
	mux := (&App{}).Mux()
	for _, c := range []struct {
		method, target string
		sent           []string
		status         int
		body           string
		header         map[string]string
	}{
		{"GET", "/ok", nil, 200, "ok", map[string]string{"Content-Type": "text/plain", "X-Total": "7", "X-Hidden": "1", "Vary": "Accept-Encoding"}},
		{"PATCH", "/json", nil, 200, `{"ok":true}`, map[string]string{"Content-Type": "application/json"}},
		{"OPTIONS", "/options", nil, 200, "mine", map[string]string{"X-App-Options": "1"}},
		{"OPTIONS", "/ok", nil, 405, "Method Not Allowed\n", nil},
		{"PUT", "/put-only", nil, 200, "ok", nil},
		{"GET", "/put-only", nil, 405, "Method Not Allowed\n", nil},
		{"GET", "/missing", nil, 404, "404 page not found\n", nil},
		{"GET", "/boom", nil, 500, "boom\n", nil},
		{"DELETE", "/auth", nil, 401, "login", nil},
		{"OPTIONS", "/auth", nil, 401, "login", nil},
		{"GET", "/auth", []string{"Authorization", "Basic x"}, 200, "ok", nil},
		{"GET", "/dir/", nil, 200, "ok", nil},
		{"GET", "/dir/below", nil, 404, "404 page not found\n", nil},
		{"GET", "/redir?to=https://a.test/x", nil, 302, "", map[string]string{"Location": "https://a.test/x"}},
		{"GET", "/redir?to=ok", nil, 302, "", map[string]string{"Location": "ok"}},
		{"GET", "/own", nil, 200, "ok", map[string]string{"Access-Control-Allow-Origin": "*"}},
		{"GET", "/cache", nil, 200, "kept", map[string]string{"Cache-Control": "max-age=600", "ETag": `"1"`}},
		{"GET", "/cache", []string{"If-None-Match", `"1"`}, 304, "", map[string]string{"Cache-Control": "max-age=600", "ETag": `"1"`}},
		{"GET", "/cookie", nil, 200, "none", map[string]string{"Set-Cookie": "adapter=1; Path=/; Secure; SameSite=None"}},
		{"GET", "/cookie", []string{"Cookie", "a=1; b=2"}, 200, "a=1; b=2", nil},
		{"GET", "/echo?type=image/png&data=_wA-", nil, 200, "\xff\x00\x3e", map[string]string{"Content-Type": "image/png", "Cache-Control": "max-age=600"}},
		{"GET", "/echo?type=a/b&data=!", nil, 400, "illegal base64 data at input byte 0", nil},
	} {
		w := ask(mux, c.method, c.target, c.sent...)
		if w.Code != c.status || w.Body.String() != c.body {
			t.Errorf("%s %s: %d %q, want %d %q", c.method, c.target, w.Code, w.Body, c.status, c.body)
		}
		for name, want := range c.header {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s: %s is %q, want %q", c.method, c.target, name, got, want)
			}
		}
	}
}

func TestCountTellsTheRunsByMethod(t *testing.T) {
	t.Parallel()
	mux := (&App{}).Mux()
	if w := ask(mux, "GET", "/count"); w.Body.String() != "{}\n" {
		t.Errorf("before a run: %q", w.Body)
	}
	for _, method := range []string{"GET", "GET", "HEAD", "PUT", "OPTIONS"} {
		ask(mux, method, "/ok")
	}
	var runs map[string]int
	if err := json.Unmarshal(ask(mux, "GET", "/count").Body.Bytes(), &runs); err != nil {
		t.Fatal(err)
	}
	if len(runs) != 3 || runs["GET"] != 2 || runs["HEAD"] != 1 || runs["PUT"] != 1 {
		t.Errorf("runs are %v", runs)
	}
}

func TestBoomPanicsWhereTheProgramRecovers(t *testing.T) {
	t.Parallel()
	defer func() {
		if r := recover(); r != "boom" {
			t.Errorf("the panic is %v", r)
		}
	}()
	ask((&App{Recovers: true}).Mux(), "GET", "/boom")
}
