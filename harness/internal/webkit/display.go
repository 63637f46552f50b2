package webkit

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/corsproof/corsproof/harness/internal/process"
)

// display is where the windows of WebKit are: a display of ours that nobody sees.
type display struct {
	server *exec.Cmd     // nil: there is none
	ended  chan struct{} // closed when the server has ended
}

// open returns the environment of a program that shows its windows there. The context bounds the
// start.
func (d *display) open(ctx context.Context) ([]string, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return nil, errNoDisplay
	}
	out, in, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(path, "-displayfd", "3", "-noreset", "-nolisten", "tcp", "-screen", "0", "1024x768x24")
	cmd.ExtraFiles = []*os.File{in}
	process.NoOrphan(cmd)
	err = cmd.Start()
	_ = in.Close()
	if err != nil {
		return nil, err
	}
	d.server, d.ended = cmd, make(chan struct{})
	go func() {
		_ = cmd.Wait() // the pages end with it
		close(d.ended)
	}()
	number := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n') // it is empty where the server ended
		number <- strings.TrimSpace(line)
	}()
	select {
	case n := <-number:
		if n == "" {
			return nil, errors.New("Xvfb ended before it had a display")
		}
		env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "WAYLAND_DISPLAY=") })
		return append(env, "DISPLAY=:"+n, "GDK_BACKEND=x11"), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("start Xvfb: %w", context.Cause(ctx))
	}
}

// there says whether windows can be shown.
func (d *display) there() bool {
	select {
	case <-d.ended:
		return false
	default:
		return true
	}
}

// close ends the display.
func (d *display) close() {
	if d.server != nil {
		_ = d.server.Process.Signal(os.Interrupt) // it removes its files
		select {
		case <-d.ended:
		case <-time.After(endLimit):
			_ = d.server.Process.Kill()
			<-d.ended
		}
	}
}
