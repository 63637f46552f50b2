package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// transports are rates of corsproof with a Chrome that it starts, which it talks to by a pipe,
// and with one that runs already, by a websocket; one for each round and kind.
type transports struct{ pipe, socket []float64 }

// endpoints asks the same questions by a pipe and by a websocket, in turns.
func endpoints(ctx context.Context, s settings, c *contestants) (outcome, error) {
	w, byPipe := c.world, c.proof
	var t transports
	at, end, err := startOther(ctx, w.chrome)
	if err != nil {
		return t, err
	}
	defer end()
	bySocket := &proof{world: w, chrome: harness.Browser{Endpoint: at, Network: &w.network}}
	defer bySocket.close()
	for _, k := range kinds {
		if _, err := bySocket.run(ctx, k, s.questions, mostInFlight); err != nil { // it warms up
			return t, err
		}
	}
	for round := range s.rounds {
		measure.Progress(fmt.Sprintf("round %d of %d: by a pipe, by a websocket", round+1, s.rounds))
		for _, k := range kinds {
			piped, err := byPipe.run(ctx, k, s.questions, mostInFlight)
			if err != nil {
				return t, err
			}
			sent, err := bySocket.run(ctx, k, s.questions, mostInFlight)
			if err != nil {
				return t, err
			}
			t.pipe, t.socket = append(t.pipe, piped), append(t.socket, sent)
		}
	}
	byPipe.asked.Add(bySocket.asked.Load())
	byPipe.wrong.Add(bySocket.wrong.Load())
	return t, nil
}

func (t transports) wanted() []result {
	return []result{atLeast(fmt.Sprintf("a Chrome that runs already, by websocket / one of our own, by pipe, both with %d", mostInFlight),
		ratio(t.socket, t.pipe), 0.5)}
}

// startLimit bounds the start of a Chrome with a debugging port.
const startLimit = time.Minute

// startOther starts a Chrome with a debugging port, as somebody else would.
func startOther(ctx context.Context, path string) (at string, end func(), err error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", nil, err
	}
	args := []string{"--headless", "--remote-debugging-port=0", "--user-data-dir=" + folder, "--no-first-run"}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	other := exec.Command(path, append(args, "about:blank")...)
	if err := other.Start(); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	end = func() {
		measure.Kill(other.Process.Pid) // Debian's headless shell is started by a script, and does not end with it
		_ = other.Wait()                // it was killed
		_ = os.RemoveAll(folder)        // a temporary one
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		told, _ := os.ReadFile(filepath.Join(folder, "DevToolsActivePort"))
		if port, _, whole := strings.Cut(string(told), "\n"); whole {
			return "http://127.0.0.1:" + port, end, nil
		}
		select {
		case <-ctx.Done():
			end()
			return "", nil, fmt.Errorf("a Chrome with a debugging port: %w", ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}
