//go:build unix

package command

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A signal ends every verb while it reads a file that never ends.
func TestASignalEndsReading(t *testing.T) {
	folder := t.TempDir()
	policy := filepath.Join(folder, "policy.yaml")
	if err := os.WriteFile(policy, []byte("target: https://api.example.com\norigins: any\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"a policy to list":    {"verify", "PIPE", "--list"},
		"a policy to verify":  {"verify", "PIPE"},
		"a baseline":          {"verify", policy, "--baseline", "PIPE"},
		"a policy to compare": {"compare", "PIPE", "--left", "http://a.test", "--right", "http://b.test"},
		"a report":            {"merge", "PIPE"},
		"a body":              {"ask", "http://a.test/", "--from", page, "--body-file", "PIPE"},
	} {
		t.Run(name, func(t *testing.T) {
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "PIPE", pipe)
			}
			cmd := corsproof(t, args...)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when somebody reads
			if err != nil {
				t.Fatal(err)
			}
			defer writer.Close()
			if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // its status says it
			if status := cmd.ProcessState.ExitCode(); status != exitNoAnswer || stderr.String() != "corsproof: interrupted: no verdict\n" {
				t.Errorf("status %d\n%s", status, stderr.String())
			}
		})
	}
}

// One signal ends the program, whenever it comes while Chrome starts, and nothing is left.
func TestASignalWhileChromeStarts(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Chrome many times")
	}
	s := server(t)
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	if err := os.WriteFile(policy, []byte("target: "+s.URL+"\norigins: any\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"ask", s.URL + "/open", "--from", page}, {"verify", policy}, {"conform", "--command", referenceAdapter(t)}} {
		for _, delay := range []time.Duration{0, 30, 60, 100, 140, 180, 220, 260, 300} {
			cmd := corsproof(t, args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			hangUp := time.AfterFunc(delay*time.Millisecond, func() { _ = cmd.Process.Signal(syscall.SIGHUP) })
			_ = cmd.Wait() // its status says it
			hangUp.Stop()
			// Before the program is there to take the signal, the system ends it.
			state := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if state.Signaled() && state.Signal() != syscall.SIGHUP {
				t.Errorf("%s, signal after %d ms: it had to be killed", args[0], delay)
			}
		}
	}
}

// A process that was killed leaves a profile folder, which the next start removes.
func TestTheFolderOfAKilledProcessIsSwept(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere the Chrome of a killed process goes on")
	}
	asked := make(chan struct{}, 8)
	silent := silentServer(t, asked)
	killed := corsproof(t, "ask", silent, "--from", page, "--timeout", "1m")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait() // it was killed
	folder := strings.TrimPrefix(killed.Env[len(killed.Env)-1], "TMPDIR=")
	left, err := filepath.Glob(filepath.Join(folder, "chromedp-runner*"))
	if err != nil || len(left) != 1 {
		t.Fatalf("left: %v, %v", left, err)
	}
	next := corsproof(t, "ask", server(t).URL+"/open", "--from", page)
	next.Env[len(next.Env)-1] = "TMPDIR=" + folder
	if r := finish(t, next); r.status != exitHeld {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	if _, err := os.Stat(left[0]); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", left[0], err)
	}
}
