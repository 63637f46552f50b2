package command

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Where Firefox was asked, no text says that Chrome did something.
func TestFirefoxIsNamed(t *testing.T) {
	needsFirefox(t)
	right := newAllowing(t, nil).URL + "/a"
	wrong := server(t).URL + "/"
	starred := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", page)
		w.Header().Set("Access-Control-Allow-Headers", "*")
	}))
	t.Cleanup(starred.Close)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "http://" + listener.Addr().String() + "/"
	_ = listener.Close()
	policy := policyOf(t, starred.URL, "methods: [GET, PUT]\nrequestHeaders: [Authorization]\nresources:\n  - path: /\n")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"ask", right, "--method", "DELETE", "--dry-run"}, 0, "not sent, as requested: Firefox was about to send it"},
		{[]string{"ask", wrong}, exitBlocked, "MissingAllowOriginHeader"},
		{[]string{"ask", starred.URL + "/", "--header", "Authorization: x"}, 0, "and so may a later Firefox.\n  Access-Control-Allow-Headers: * and Authorization: the standard: * never covers Authorization; Firefox: it does"},
		{[]string{"ask", secure.URL + "/"}, exitNoAnswer, "from an authority that the browser does not trust"},
		{[]string{"ask", dead}, exitNoAnswer, "nothing listens there"},
		{[]string{"diagnose", right}, 0, "Firefox lets the page read this response"},
		{[]string{"diagnose", right, "--method", "PATCH"}, exitBlocked, "does not list PATCH in Access-Control-Allow-Methods"},
		{[]string{"diagnose", dead}, exitNoAnswer, "Firefox names the net error NS_ERROR_CONNECTION_REFUSED"},
		{[]string{"verify", policy}, exitBlocked, "held in Firefox, and the Fetch standard gives another verdict"},
		{[]string{"version"}, 0, "browser    Firefox/"},
	} {
		args := append(c.args, "--browser", "firefox")
		if c.args[0] == "ask" || c.args[0] == "diagnose" {
			args = append(args, "--from", page)
		}
		r := run(t, args...)
		text := strings.Join(strings.Fields(r.stdout+r.stderr), " ")
		if r.status != c.status || !strings.Contains(text, strings.Join(strings.Fields(c.want), " ")) {
			t.Errorf("%v: status %d, want %d and %q\n%s\n%s", c.args, r.status, c.status, c.want, r.stdout, r.stderr)
		}
		if strings.Contains(strings.ReplaceAll(text, "ask Chrome", ""), "Chrome") {
			t.Errorf("%v: Chrome is named\n%s\n%s", c.args, r.stdout, r.stderr)
		}
	}
}
