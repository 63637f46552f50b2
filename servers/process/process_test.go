package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The test binary also plays the program that is started: see TestMain.
const playVariable = "CORSPROOF_TEST_PLAY"

func TestMain(m *testing.M) {
	if part := os.Getenv(playVariable); part != "" {
		os.Exit(play(part))
	}
	os.Exit(m.Run())
}

const announced = `{"ready":true,"port":4711,"library":"play","version":"1.2"}`

// play is a program that keeps the start contract, or breaks it in one way.
func play(part string) int {
	wait := func() { _, _ = io.Copy(io.Discard, os.Stdin) }
	switch part {
	case "good":
		fmt.Println(announced)
		wait()
	case "chatty":
		fmt.Println(announced)
		for range 1000 {
			fmt.Println(strings.Repeat("chatter ", 100))
		}
		wait()
	case "no newline":
		fmt.Print(announced)
		wait()
	case "prose":
		fmt.Println("Server listening on port 3000")
		wait()
	case "no port":
		fmt.Println(`{"ready":true}`)
		wait()
	case "not ready":
		fmt.Println(`{"ready":false,"port":4711}`)
		wait()
	case "ready and refused":
		fmt.Println(`{"ready":true,"port":4711,"refused":"invalid origin"}`)
		wait()
	case "misspelt":
		fmt.Println(`{"ready":true,"port":4711,"unsupported":["method"]}`)
		wait()
	case "ready without origins":
		fmt.Println(`{"ready":true,"port":4711,"unsupported":["origins.mode=regex"]}`)
		wait()
	case "refusal with a status":
		fmt.Println(`{"refused":"invalid origin"}`)
		return 1
	case "crash":
		fmt.Fprintln(os.Stderr, "Error: Cannot find module 'express'")
		return 7
	case "crash later":
		fmt.Println(announced)
		fmt.Fprintln(os.Stderr, "out of memory")
		return 8
	case "bad end":
		fmt.Println(announced)
		wait()
		fmt.Fprintln(os.Stderr, "could not save")
		return 9
	case "stubborn":
		fmt.Println(announced)
		select {}
	case "environment":
		fmt.Printf(`{"ready":true,"port":1,"library":%q,"version":%q}`+"\n", os.Getenv("PLAY_ENV"), filepath.Base(must(os.Getwd())))
		wait()
	case "flaskless":
		return 1
	default:
		if strings.HasPrefix(part, "adapter") {
			return playAdapter(part)
		}
	}
	return 0
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}

// playing is a Process that runs the test binary in a part.
func playing(t *testing.T, part string) *Process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &Process{Command: []string{self}, Env: []string{playVariable + "=" + part}}
}

func within(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestProcess(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"good", "chatty"} {
		p := playing(t, part)
		if err := p.Start(within(t, 20*time.Second)); err != nil {
			t.Fatal(err)
		}
		if p.Addr() != "127.0.0.1:4711" || p.Library() != "play 1.2" {
			t.Errorf("%s: got %s, %s", part, p.Addr(), p.Library())
		}
		if err := p.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "started already") {
			t.Errorf("%s: started twice, got %v", part, err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Errorf("%s: close: %v", part, err)
			}
		}
	}
}

func TestProcessGetsItsFolderAndEnvironment(t *testing.T) {
	t.Parallel()
	p := playing(t, "environment")
	p.Dir, p.Env = t.TempDir(), append(p.Env, "PLAY_ENV=production")
	if err := p.Start(within(t, 20*time.Second)); err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if want := "production " + filepath.Base(p.Dir); p.Library() != want {
		t.Errorf("got %q, want %q", p.Library(), want)
	}
}

func TestProcessThatBreaksTheContract(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"prose":                 `said "Server listening on port 3000", want one line of JSON with ready and port`,
		"no port":               `said "{\"ready\":true}", want "ready":true and a port`,
		"not ready":             `want "ready":true and a port`,
		"ready and refused":     `which is both "ready" and "refused": want one of the two`,
		"misspelt":              `whose "unsupported" names "method", which is no field of a policy`,
		"ready without origins": `want "unsupported" without "ready"`,
		"refusal with a status": "it printed a refusal or unsupported fields, then ended with exit status 1: want exit status 0",
		"crash":                 "ended before it was ready (exit status 7); it said:\nError: Cannot find module 'express'",
		"nothing":               "ended before it was ready (exit status 0)",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			p := playing(t, part)
			err := p.Start(within(t, 20*time.Second))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			select {
			case <-p.exited:
			default:
				t.Error("it still runs")
			}
			if err := p.Close(); err != nil {
				t.Errorf("close after a failed start: %v", err)
			}
		})
	}
}

func TestProcessThatIsNeverReady(t *testing.T) {
	t.Parallel()
	p := playing(t, "no newline")
	err := p.Start(within(t, 500*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not ready: ") {
		t.Errorf("got %v", err)
	}
	select {
	case <-p.exited:
	default:
		t.Error("it still runs")
	}
}

func TestProcessThatCannotStart(t *testing.T) {
	t.Parallel()
	none, cancelled := &Process{}, playing(t, "good")
	if err := none.Start(t.Context()); err == nil {
		t.Error("started without a command")
	}
	if err := (&Process{Command: []string{"/nonexistent/node", "x.js"}}).Start(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "server node x.js: ") {
		t.Errorf("got %v", err)
	}
	interrupt := errors.New("interrupt signal received")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(interrupt)
	if err := cancelled.Start(ctx); !errors.Is(err, interrupt) || cancelled.cmd != nil {
		t.Errorf("got %v", err)
	}
	if none.Addr() != "" || none.Close() != nil || none.Close() != nil {
		t.Error("one that never started has nothing to close")
	}
}

func TestProcessThatEndsBadly(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{
		"crash later": "ended on its own (exit status 8); it said:\nout of memory",
		"bad end":     "ended with exit status 9: want exit status 0; it said:\ncould not save",
		"stubborn":    "still running 100ms after its standard input had ended; killed",
	} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			p := playing(t, part)
			p.patience = 20 * time.Second
			if part == "stubborn" {
				p.patience = 100 * time.Millisecond
			}
			if err := p.Start(within(t, 20*time.Second)); err != nil {
				t.Fatal(err)
			}
			if part == "crash later" {
				<-p.exited
			}
			if err := p.Close(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if err := p.Close(); err != nil {
				t.Errorf("closed twice: %v", err)
			}
		})
	}
}

// The servers of this repository keep the contract.
func TestExpressAndFlask(t *testing.T) {
	t.Parallel()
	ctx := within(t, 60*time.Second)
	express, err := Express("document.js")
	if err != nil {
		t.Fatal(err)
	}
	flask, err := Flask(ctx, "document.py")
	if err != nil {
		t.Fatal(err)
	}
	for p, library := range map[*Process]string{express: "express 5.", flask: "flask-cors "} {
		if err := p.Start(ctx); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.Library(), library) {
			t.Errorf("%s: library %s, want %s", p, p.Library(), library)
		}
		answer, err := http.Get("http://" + p.Addr() + "/data")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != 200 {
			t.Errorf("%s: got %s", p, answer.Status)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestServersThatAreNotInstalled(t *testing.T) {
	elsewhere := t.TempDir()
	if err := os.Mkdir(filepath.Join(elsewhere, "express"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(DirVariable, elsewhere)
	if _, err := Express("document.js"); err == nil || !strings.Contains(err.Error(), "type: make setup") {
		t.Errorf("without node_modules: got %v", err)
	}
	t.Setenv("PATH", elsewhere)
	if _, err := Express("document.js"); err == nil || !strings.Contains(err.Error(), "no node on the PATH; type: make setup") {
		t.Errorf("without node: got %v", err)
	}
	if _, err := appDir("rails"); err == nil || !strings.Contains(err.Error(), DirVariable) {
		t.Errorf("without a folder: got %v", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(playVariable, "flaskless")
	if _, err := flaskPython(t.Context(), "", "/nonexistent", self); err == nil || !strings.Contains(err.Error(), "type: make setup") {
		t.Errorf("without Flask: got %v", err)
	}
	t.Setenv(playVariable, "nothing")
	if got, err := flaskPython(t.Context(), "/nonexistent", self); err != nil || got != self {
		t.Errorf("got %s, %v", got, err)
	}
}
