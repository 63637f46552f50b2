package harness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/patience"
)

// Start starts Chrome, if it does not run. Fetch does so on its own.
func (b *Browser) Start(ctx context.Context) error {
	_, err := b.start(ctx)
	return err
}

// start returns the running Chrome, or a fresh one where the last one was lost. One
// caller launches it; each other caller waits as long as its own context lasts.
func (b *Browser) start(ctx context.Context) (engine.Browser, error) {
	for {
		b.mu.Lock()
		switch {
		case b.closed:
			b.mu.Unlock()
			return nil, ErrClosed
		case b.running != nil && b.running.Alive():
			defer b.mu.Unlock()
			return b.running, nil
		case b.launch == nil:
			b.launch = &launch{done: make(chan struct{})}
			go b.doLaunch(b.launch, b.running)
			b.running = nil
		}
		l := b.launch
		b.mu.Unlock()
		select {
		case <-l.done:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
		if l.err != nil {
			return nil, l.err
		}
	}
}

// launch is a start of Chrome under way.
type launch struct {
	done chan struct{} // closed when the start has succeeded or failed
	err  error
	stop context.CancelFunc
}

// doLaunch removes what the last Chrome left, and starts Chrome.
func (b *Browser) doLaunch(l *launch, last engine.Browser) {
	ctx, cancel := patience.WithTimeout(context.Background(), startLimit, fmt.Errorf("%s did not start within %s", b.Kind.Brand(), startLimit))
	defer cancel()
	b.mu.Lock()
	l.stop = cancel
	closed := b.closed
	b.mu.Unlock()
	if last != nil {
		_ = last.Close() // Chrome is gone; its folder may still be there
	}
	if closed {
		cancel()
	}
	started, err := b.launchChrome(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running, b.launch, l.err = started, nil, err
	close(l.done)
}

// launchChrome starts Chrome, again where it was lost while it started: nothing was
// asked yet.
func (b *Browser) launchChrome(ctx context.Context) (engine.Browser, error) {
	options, err := b.options()
	if err != nil {
		return nil, err
	}
	launch := b.engine
	switch {
	case launch != nil:
	case options.Endpoint != "":
		launch = connect
	default:
		launch = b.Kind.launch()
	}
	for start := 1; ; start++ {
		started, err := launch(ctx, options)
		if err == nil || start == maxStarts || ctx.Err() != nil || !errors.Is(err, ErrLost) {
			return started, err
		}
	}
}

// startLimit bounds the start of Chrome on an idle machine.
const startLimit = time.Minute

// Close ends Chrome, and waits until its processes and its temporary directory
// are gone. It is safe to call on a Browser that never started, and twice.
func (b *Browser) Close() error {
	b.mu.Lock()
	b.closed = true
	l := b.launch
	if l != nil && l.stop != nil {
		l.stop()
	}
	b.mu.Unlock()
	if l != nil {
		<-l.done
	}
	b.mu.Lock()
	running := b.running
	b.running = nil
	b.mu.Unlock()
	err := b.closeOthers()
	if running == nil {
		return err
	}
	return errors.Join(err, running.Close())
}
