package webkit

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/process"
)

// start starts the process and returns the address of its tab.
func (p *Page) start(ctx context.Context) (address string, err error) {
	if p.folder, err = os.MkdirTemp("", profiles); err != nil {
		return "", fmt.Errorf("make a profile: %w", err)
	}
	if p.owner, err = process.Own(p.folder); err != nil {
		return "", err
	}
	inspector, err := freeAddress()
	if err != nil {
		return "", err
	}
	flags := append(p.webkit.flags(), "--proxy=socks5://"+p.webkit.proxy.Addr(), p.blank())
	cmd := exec.Command(p.webkit.path, flags...)
	cmd.Env, cmd.Dir = p.webkit.environment(p.folder, inspector), p.folder
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	cmd.WaitDelay = endLimit // a process of its own may keep the pipe
	process.NoOrphan(cmd)
	if err := cmd.Start(); err != nil {
		return "", err
	}
	p.command, p.exited = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait() // the connection tells that it ended
		close(p.exited)
	}()
	return p.tab(ctx, inspector)
}

// freeAddress is an address that nothing listens at.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// socket is the path of a tab in the list of the inspector.
var socket = regexp.MustCompile(`/socket/\d+/\d+/WebPage`)

// pollEvery is how often the list of the inspector is looked at: nothing tells that it is there.
const pollEvery = 10 * time.Millisecond

// tab waits for the tab, and returns its address.
func (p *Page) tab(ctx context.Context, inspector string) (string, error) {
	for {
		if path := listed(ctx, "http://"+inspector+"/", p.blank()); path != "" {
			return "ws://" + inspector + path, nil
		}
		select {
		case <-time.After(pollEvery):
		case <-p.exited:
			return "", errors.New("it ended before it had a page: start it by hand to see why")
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// blank is the URL that the tab shows first. It tells the tab from the tab of another page, whose
// process took the same address.
func (p *Page) blank() string { return "about:blank#" + filepath.Base(p.folder) }

// listed is the path of the tab that shows a URL in the list, empty while there is none.
func listed(ctx context.Context, list, url string) string {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, list, nil)
	if err != nil {
		return ""
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return ""
	}
	defer response.Body.Close()
	html, _ := io.ReadAll(response.Body)
	if !bytes.Contains(html, []byte(url)) {
		return ""
	}
	return string(socket.Find(html))
}

// endLimit bounds the end of processes that were killed.
const endLimit = 5 * time.Second

// Close closes the page, and waits until its processes and its folder are gone.
func (p *Page) Close() {
	p.closing.Do(func() {
		p.end(fmt.Errorf("%w: the page was closed", engine.ErrLost))
		<-p.opened // which the end of the page cuts short
		if p.conn != nil {
			p.conn.close()
		}
		if p.command != nil {
			list := process.Descendants(p.command.Process.Pid)
			_ = p.command.Process.Kill() // nothing in its profile is worth keeping
			process.Kill(list)
			<-p.exited
		}
		if p.folder != "" {
			_ = os.RemoveAll(p.folder) // what is left is swept at the next start
		}
		if p.owner != nil {
			_ = p.owner.Close() // its file is gone
		}
		w := p.webkit
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.pages, p)
	})
}

// lastLines keeps what a process printed last.
type lastLines struct {
	mu   sync.Mutex
	kept []byte
}

// Write keeps the last lines.
func (l *lastLines) Write(data []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = append(l.kept, data...)
	if over := len(l.kept) - 1000; over > 0 {
		l.kept = l.kept[over:]
	}
	return len(data), nil
}

func (l *lastLines) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for s := bufio.NewScanner(bytes.NewReader(l.kept)); s.Scan(); {
		if line := strings.TrimSpace(s.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-3):], "; ")
}
