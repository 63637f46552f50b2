package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/conform"
	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers"
	"github.com/corsproof/corsproof/servers/adapter"
)

// playFolder names a folder that the parts of one test share.
const playFolder = "CORSPROOF_TEST_FOLDER"

// playAdapter is an adapter that keeps the contract, or breaks it in one way.
func playAdapter(part string) int {
	app := &adapter.App{}
	mux := app.Mux()
	mux.HandleFunc("OPTIONS /ok", func(http.ResponseWriter, *http.Request) {}) // as a library answers a preflight
	served := adapter.Served{Handler: mux, Library: "play", Version: "1", Config: "origins: https://app.example.test"}
	replaced := func(path string, handler http.HandlerFunc) {
		served.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == path {
				handler(w, r)
				return
			}
			mux.ServeHTTP(w, r)
		})
	}
	var refuse error
	switch part {
	case "adapter":
	case "adapter without a route":
		replaced("/cache", http.NotFound)
	case "adapter with a status of the framework":
		replaced("/put-only", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	case "adapter that seems away":
		replaced("/boom", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	case "adapter that rewrites":
		replaced("/echo", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{}")
		})
	case "adapter that counts nothing":
		replaced("/count", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") })
	case "adapter without a version":
		served.Version = ""
	case "adapter that hides its configuration":
		served.Config = "the usual"
	case "adapter that listens everywhere":
		return alwaysReady(mux, "0.0.0.0:0")
	case "adapter with a router's preflight":
		served.Handler = app.Mux()
	case "adapter that refuses":
		refuse = &adapter.RefusedError{Text: "invalid origin"}
	case "adapter without an option":
		refuse = adapter.Unsupported("origins.mode=list")
	case "adapter with an option of no policy":
		served.Unsupported = []string{"colour"}
	case "adapter with another spelling":
		refuse = adapter.Unsupported("origins.modeX")
	case "adapter that is always ready":
		return alwaysReady(mux, "127.0.0.1:0")
	case "adapter with a child":
		child := exec.Command("sleep", "600")
		if err := child.Start(); err != nil {
			panic(err)
		}
	case "adapter that dies":
		replaced("/boom", func(http.ResponseWriter, *http.Request) { os.Exit(3) })
	case "adapter that ignores the end":
		adapter.Main(func(contract.Policy, string) (adapter.Served, error) { return served, nil })
		select {}
	case "adapter that hangs at rubbish":
		if args := strings.Join(os.Args, " "); strings.Contains(args, "rubbish.json") || strings.Contains(args, "missing.json") {
			select {}
		}
	case "adapter that refuses rubbish":
		fmt.Println(`{"refused":"no policy"}`)
		return 0
	case "adapter that runs alone":
		folder := os.Getenv(playFolder)
		if err := os.Mkdir(filepath.Join(folder, "running"), 0o700); err != nil {
			fmt.Fprintln(os.Stderr, "listen EADDRINUSE")
			return 1
		}
		status := alwaysReady(mux, "127.0.0.1:0")
		_ = os.Remove(filepath.Join(folder, "running"))
		return status
	case "adapter that is silent":
		select {}
	default:
		panic("no part " + part)
	}
	adapter.Main(func(contract.Policy, string) (adapter.Served, error) { return served, refuse })
	return 0
}

// alwaysReady is an adapter that reads no policy.
func alwaysReady(handler http.Handler, address string) int {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		panic(err)
	}
	go func() { _ = http.Serve(listener, handler) }() // it ends with the program
	line, err := json.Marshal(contract.Announcement{
		Ready: true, Port: listener.Addr().(*net.TCPAddr).Port, Library: "play", Version: "1", Config: "https://app.example.test",
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// played is the test binary as an adapter.
func played(t *testing.T, part string) Adapter {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a := Adapter{Called: "play", Command: []string{"env", playVariable + "=" + part, self}}
	if part == "adapter that ignores the end" {
		a.endIn = 2 * time.Second
	}
	return a
}

// somePolicies are enough to check an adapter.
func somePolicies() []contract.Policy { return conform.Policies()[:2] }

// The checker names the fault of an adapter, and has no complaint of a good one.
func TestCheck(t *testing.T) {
	for part, want := range map[string][]string{
		"adapter":                                nil,
		"adapter that refuses":                   {"every policy: the adapter is ready with none of 2 policies"},
		"adapter without an option":              {"every policy: the adapter is ready with none of 2 policies"},
		"adapter without a route":                {"GET /cache: the status is 404, want 200", "GET /cache: the status is 404, want 304"},
		"adapter with a status of the framework": {"GET /put-only: the status is 200, want 404 or 405", `PUT /put-only: Content-Type is [], want "text/plain"`, `PUT /put-only: the body is "", want "ok"`},
		"adapter that rewrites":                  {`Content-Type is ["application/json"], want "image/png"`, `the body is "{}"`, `want "1"`, `Cache-Control is [], want "max-age=600"`},
		"adapter that seems away":                {"GET /boom: the status is 503, want 500 or 501"},
		"adapter that counts nothing":            {"GET /count: GET is 0 after one request, want 1"},
		"adapter with a router's preflight":      {"preflight of PUT /ok: the status is 405, which a router gives"},
		"adapter without a version":              {`"version" is missing`},
		"adapter that hides its configuration":   {`"config" does not show the origins of the policy, such as https://app.example.test`},
		"adapter with an option of no policy":    {`"unsupported" names "colour"`},
		"adapter with another spelling":          {`"unsupported" names "origins.modeX"`},
		"adapter that is always ready":           {"a policy that is no JSON: the adapter is ready: want a message", "a policy file that is missing: the adapter is ready"},
		"adapter with a child":                   {"the adapter ended and left children behind"},
		"adapter that dies":                      {"GET /boom: no answer", "exit status 3"},
		"adapter that ignores the end":           {"still running 2s after its standard input had ended; killed"},
		"prose":                                  {`said "Server listening on port 3000", want one line of JSON`},
		"crash":                                  {"Cannot find module 'express'"},
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			list, err := played(t, part).Check(t.Context(), somePolicies(), func(string) {})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, c := range list {
				all = append(all, c.String())
			}
			text := strings.Join(all, "\n")
			for _, w := range want {
				if !strings.Contains(text, w) {
					t.Errorf("no complaint %q in:\n%s", w, text)
				}
			}
			if (text == "") != (want == nil) {
				t.Errorf("complaints:\n%s", text)
			}
		})
	}
}

// problems are all complaints.
func (c *checker) problems() string {
	var all []string
	for _, complaint := range c.list {
		all = append(all, complaint.String())
	}
	return strings.Join(all, "\n")
}

// Two adapters run at the same time, each on a port of its own.
func TestCheckTogether(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"adapter":                 "",
		"good":                    "two at a time: both adapters say that they listen on port 4711: want a free port for each",
		"adapter that refuses":    "the adapter is not ready with the policy",
		"adapter that runs alone": "EADDRINUSE",
		"bad end":                 "ended with exit status 9: want exit status 0",
	} {
		c := &checker{adapter: played(t, part)}
		if part == "adapter that runs alone" {
			c.adapter.Command = slices.Insert(c.adapter.Command, 1, playFolder+"="+t.TempDir())
		}
		c.together(t.Context(), somePolicies()[0])
		if got := c.problems(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", part, got, want)
		}
	}
}

// A policy that cannot be read ends the adapter with an exit status other than 0.
func TestCheckRubbish(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"adapter":                      "",
		"crash":                        "",
		"nothing":                      "ended before it was ready (exit status 0): want a message on standard error, and an exit status other than 0",
		"adapter that is silent":       "it printed no line of JSON within 2s: want a message on standard error",
		"adapter that refuses rubbish": "the adapter announces a verdict of the library: want a message",
		"prose":                        `said "Server listening on port 3000"`,
	} {
		c := &checker{adapter: played(t, part)}
		if part == "adapter that is silent" {
			c.adapter.readyIn = 2 * time.Second
		}
		c.rubbish(t.Context())
		if got := c.problems(); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", part, got, want)
		}
	}
}

// A check that is interrupted says by what, also in its last part.
func TestCheckIsInterrupted(t *testing.T) {
	t.Parallel()
	interrupt := errors.New("interrupt signal received")
	ctx, stop := context.WithTimeoutCause(t.Context(), 3*time.Second, interrupt)
	defer stop()
	list, err := played(t, "adapter that hangs at rubbish").Check(ctx, somePolicies(), func(string) {})
	if !errors.Is(err, interrupt) {
		t.Errorf("%v, %v", list, err)
	}
}

// An adapter that other machines reach is named, where this machine has an address that
// they reach.
func TestCheckListensElsewhere(t *testing.T) {
	list, err := played(t, "adapter that listens everywhere").Check(t.Context(), somePolicies(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(list, func(c Complaint) bool { return strings.Contains(c.Problem, "want 127.0.0.1 alone") })
	if reachable := outside() != nil; found != reachable {
		t.Errorf("found: %v, other machines reach this one: %v", found, reachable)
	}
}

// What an adapter does wrong is an error, and never an announcement of the library.
func TestAdapterThatBreaksTheContract(t *testing.T) {
	var network servers.Network
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	defer network.Close()
	for part, want := range map[string]string{
		"prose":                  "want one line of JSON",
		"crash":                  "Cannot find module",
		"adapter that is silent": "it printed no line of JSON within",
	} {
		a := played(t, part)
		a.Network, a.readyIn = &network, 3*time.Second
		served, err := a.Start(t.Context(), conform.Policies()[0], "a.example.test")
		if err == nil || !strings.Contains(err.Error(), want) || served.Ready || served.Refused != "" {
			t.Errorf("%s: %+v, %v, want an error with %q", part, served.Announcement, err, want)
		}
	}
	missing := Adapter{Called: "none", Command: []string{"/no/such/interpreter"}, Network: &network}
	if _, err := missing.Start(t.Context(), conform.Policies()[0], "a.example.test"); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("without an interpreter: %v", err)
	}
}

// An adapter answers under its name, and through a shared cache that keeps what it may.
func TestAdapterIsServed(t *testing.T) {
	var network servers.Network
	if err := network.Start(); err != nil {
		t.Fatal(err)
	}
	defer network.Close()
	a := played(t, "adapter")
	a.Network = &network
	t.Setenv("TMPDIR", t.TempDir()) // other tests have adapters, too
	served, err := a.Start(t.Context(), conform.Policies()[0], "a.example.test")
	if err != nil || !served.Ready || served.Library != "play" {
		t.Fatalf("%+v, %v", served.Announcement, err)
	}
	client := network.Client()
	for _, url := range []string{"https://a.example.test/ok", "https://cached-a.example.test/cache", "https://cached-a.example.test/cache"} {
		answer, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode != 200 || !slices.Contains([]string{"ok", "kept"}, string(body)) {
			t.Errorf("%s: %d %q", url, answer.StatusCode, body)
		}
	}
	if err := served.Close(); err != nil {
		t.Error(err)
	}
	if left, err := filepath.Glob(filepath.Join(os.TempDir(), "corsproof-adapter-*")); err != nil || len(left) > 0 {
		t.Errorf("%v are left, %v", left, err)
	}
}
