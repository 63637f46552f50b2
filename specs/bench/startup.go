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
	"strings"
	"time"

	cdpruntime "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/specs/internal/measure"
)

// childArgument makes this binary a program that starts, asks one question,
// reports that and ends.
const childArgument = "first-verdict"

// order is the input of such a program.
type order struct {
	Corsproof bool // false: a minimal chromedp program
	Chrome    string
	Rules     []string
	Pins      []string
	Page      string
	URL       string
}

// elsewhere is the network of the process that started the program.
type elsewhere struct {
	harness.NetworkBase
	order order
}

func (n *elsewhere) HostRules() []string                        { return n.order.Rules }
func (n *elsewhere) KeyPins() []string                          { return n.order.Pins }
func (n *elsewhere) Serves(url string) bool                     { return strings.Contains(url, ".test") }
func (n *elsewhere) LastSeq() int64                             { return 0 }
func (n *elsewhere) ServiceWorkerPath(string) string            { return "" }
func (n *elsewhere) Arrivals(int64, []string) []harness.Arrival { return nil }

// startTimes are seconds from the start of a process to its first verdict, or to
// the answer to its first fetch.
type startTimes struct {
	proof, chromedp []float64
}

// startups starts both programs in turn.
func startups(ctx context.Context, s settings, c *contestants) (outcome, error) {
	var t startTimes
	for i := range s.starts + 1 {
		measure.Progress(fmt.Sprintf("start-up %d of %d", i, s.starts))
		proof, err := startup(ctx, c.world, true)
		if err != nil {
			return t, err
		}
		minimal, err := startup(ctx, c.world, false)
		if err != nil {
			return t, err
		}
		if i > 0 { // the first fills the disk cache
			t.proof, t.chromedp = append(t.proof, proof), append(t.chromedp, minimal)
		}
	}
	return t, nil
}

func (t startTimes) wanted() []result {
	return []result{atMost(fmt.Sprintf("start to first verdict / chromedp's first answer (%.0f ms, %.0f ms)",
		1000*median(t.proof), 1000*median(t.chromedp)), ratio(t.proof, t.chromedp), 1.3)}
}

// startup starts one program and waits for its answer, then for its end.
func startup(ctx context.Context, w *world, corsproof bool) (float64, error) {
	told, err := json.Marshal(order{corsproof, w.chrome, w.network.HostRules(), w.network.KeyPins(), w.page, w.url(simple)})
	if err != nil {
		return 0, err
	}
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, self, childArgument, string(told))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	word, err := bufio.NewReader(out).ReadString('\n')
	took := time.Since(begin)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if err := cmd.Wait(); err != nil {
		return 0, fmt.Errorf("start-up: %w", err)
	}
	if strings.TrimSpace(word) != answer {
		return 0, fmt.Errorf("start-up: the first answer was %q", word)
	}
	return took.Seconds(), nil
}

// child is the program that is started.
func child(told string) error {
	var o order
	if err := json.Unmarshal([]byte(told), &o); err != nil {
		return err
	}
	if o.Corsproof {
		return o.askCorsproof()
	}
	return o.askChromedp()
}

func (o order) askCorsproof() error {
	chrome := harness.Browser{Path: o.Chrome, Network: &elsewhere{order: o}}
	defer chrome.Close()
	seen, err := chrome.Fetch(context.Background(), harness.Request{From: pageOrigin, URL: o.URL})
	if err != nil {
		return err
	}
	if seen.Verdict != harness.Readable {
		return fmt.Errorf("verdict %s", seen.Verdict)
	}
	fmt.Println(seen.Script.Body)
	return nil
}

func (o order) askChromedp() error {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(o.Chrome),
		chromedp.Flag("host-resolver-rules", strings.Join(o.Rules, ",")),
		chromedp.Flag("ignore-certificate-errors-spki-list", strings.Join(o.Pins, ",")))
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	defer stopAllocator()
	ctx, stop := chromedp.NewContext(allocator)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(o.Page)); err != nil {
		return err
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("fetch(%q).then(r => r.text())", o.URL),
		func(p *cdpruntime.EvaluateParams) { p.AwaitPromise = new(true) }))
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}
