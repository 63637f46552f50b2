package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// playwright is a Node process that asks as an ordinary test would: see
// playwright/measure.js. It is nil if Playwright is not installed.
type playwright struct {
	world   *world
	cmd     *exec.Cmd
	orders  io.WriteCloser
	answers *json.Decoder
	version string
	wrong   int
}

// startPlaywright starts Node, and a Chrome in it.
func startPlaywright(ctx context.Context, w *world) (*playwright, error) {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "playwright")
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		return nil, errors.New("its packages are not installed; make bench does that")
	}
	launch, err := json.Marshal(map[string]any{
		"executablePath": w.chrome,
		"args": []string{
			"--host-resolver-rules=" + strings.Join(w.network.HostRules(), ","),
			"--ignore-certificate-errors-spki-list=" + strings.Join(w.network.KeyPins(), ","),
			"--no-proxy-server",
		},
	})
	if err != nil {
		return nil, err
	}
	p := &playwright{world: w, cmd: exec.CommandContext(ctx, "node", "measure.js", string(launch))}
	p.cmd.Dir = dir
	p.cmd.Stderr = os.Stderr
	// Closing its input ends Node; a killed Node would leave its Chrome behind.
	p.cmd.Cancel = func() error { return p.orders.Close() }
	if p.orders, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.answers = json.NewDecoder(bufio.NewReader(out))
	var ready struct {
		Version string `json:"version"`
	}
	if err := p.answers.Decode(&ready); err != nil {
		p.close()
		return nil, fmt.Errorf("it did not start: %w", err)
	}
	p.version = ready.Version
	return p, nil
}

// run asks n questions, each in a new context, and returns how many it answered in
// a second.
func (p *playwright) run(k *kind, n int) (float64, error) {
	questions := make([]map[string]string, n)
	for i := range questions {
		questions[i] = map[string]string{"page": p.world.page, "url": p.world.url(k), "method": k.method, "body": answer}
	}
	if err := json.NewEncoder(p.orders).Encode(map[string]any{"questions": questions}); err != nil {
		return 0, fmt.Errorf("ask through Playwright: %w", err)
	}
	var took struct {
		Seconds float64 `json:"seconds"`
		Wrong   int     `json:"wrong"`
	}
	if err := p.answers.Decode(&took); err != nil {
		return 0, fmt.Errorf("ask through Playwright: %w", err)
	}
	p.wrong += took.Wrong
	return float64(n) / took.Seconds, nil
}

func (p *playwright) name() string {
	if p == nil {
		return "not installed"
	}
	return p.version
}

func (p *playwright) wrongs() int {
	if p == nil {
		return 0
	}
	return p.wrong
}

func (p *playwright) close() {
	if p == nil {
		return
	}
	_ = p.orders.Close()
	_ = p.cmd.Wait()
}
