package adapter

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// policyFile writes a policy, and returns the arguments that name it.
func policyFile(t *testing.T, text string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--policy", file, "--upstream", "http://up.test"}
}

func TestRunServesUntilItsInputEnds(t *testing.T) {
	t.Parallel()
	mount := func(p contract.Policy, upstream string) (Served, error) {
		return Served{
			Handler: (&App{}).Mux(), Library: "a/cors", Version: "1.2.3",
			Config: p.Name + " " + upstream, Unsupported: []string{"methods"},
		}, nil
	}
	in, end := io.Pipe()
	out, line := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(mount, policyFile(t, `{"version":1,"name":"single"}`), in, line) }()

	var a contract.Announcement
	if err := json.NewDecoder(bufio.NewReader(out)).Decode(&a); err != nil {
		t.Fatal(err)
	}
	if !a.Ready || a.Library != "a/cors" || a.Version != "1.2.3" || a.Config != "single http://up.test" || len(a.Unsupported) != 1 {
		t.Errorf("announcement is %+v", a)
	}
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/ok", a.Port))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if cerr := response.Body.Close(); err != nil || cerr != nil || string(body) != "ok" {
		t.Errorf("GET /ok: %q, %v, %v", body, err, cerr)
	}
	if err := end.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRunAnnouncesARefusal(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		`{"refused":"no \"*\""}`:                 Refused(errors.New(`no "*"`)),
		`{"refused":"wrapped"}`:                  fmt.Errorf("mount: %w", Refused(errors.New("wrapped"))),
		`{"unsupported":["origins.mode=regex"]}`: Unsupported("origins.mode=regex"),
	} {
		mount := func(contract.Policy, string) (Served, error) { return Served{}, err }
		var out strings.Builder
		if err := run(mount, policyFile(t, `{}`), strings.NewReader(""), &out); err != nil || out.String() != want+"\n" {
			t.Errorf("printed %q, %v, want %q", out.String(), err, want)
		}
	}
}

func TestRunReturnsAFaultOfTheAdapter(t *testing.T) {
	t.Parallel()
	fault := errors.New("a fault")
	mount := func(contract.Policy, string) (Served, error) { return Served{}, fault }
	serve := func(contract.Policy, string) (Served, error) {
		return Served{Handler: http.NotFoundHandler()}, nil
	}
	for name, run := range map[string]func(out io.Writer) error{
		"an error of mount": func(out io.Writer) error { return run(mount, policyFile(t, `{}`), strings.NewReader(""), out) },
		"no file": func(out io.Writer) error {
			return run(serve, []string{"--policy", "missing"}, strings.NewReader(""), out)
		},
		"no JSON":          func(out io.Writer) error { return run(serve, policyFile(t, `{`), strings.NewReader(""), out) },
		"another argument": func(out io.Writer) error { return run(serve, []string{"--other"}, strings.NewReader(""), out) },
	} {
		var out strings.Builder
		if err := run(&out); err == nil || out.String() != "" {
			t.Errorf("%s: printed %q, and the error is %v", name, out.String(), err)
		}
	}
}

func TestConfigureMakesAPanicARefusal(t *testing.T) {
	t.Parallel()
	if got, err := Configure(func() int { return 7 }); got != 7 || err != nil {
		t.Errorf("got %d, %v", got, err)
	}
	_, err := Configure(func() int { panic("insecure") })
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Text != "insecure" {
		t.Errorf("the error is %v", err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a crash of the library is no panic")
		}
	}()
	_, _ = Configure(func() int { var list []int; return list[7] })
}

func TestModuleVersionOfAModuleThatIsNotHere(t *testing.T) {
	t.Parallel()
	if got := ModuleVersion("example.test/missing"); got != "" {
		t.Errorf("version is %q", got)
	}
}
