package bidi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// conn is a connection to a browser by WebDriver BiDi. Its methods may be called from many
// goroutines.
// https://w3c.github.io/webdriver-bidi/#protocol
type conn struct {
	socket *websocket.Conn
	ctx    context.Context // done when the connection is lost
	lose   context.CancelCauseFunc
	listen func(message) // gets the events in order, and must return at once

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	trace   io.Writer
}

// message is what a browser sends: the reply to a command, or an event.
type message struct {
	Type   string          `json:"type"` // success, error or event
	ID     int64           `json:"id"`
	Result json.RawMessage `json:"result"`
	// Error and Message are the code and the text of an error.
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// commandError is the error that a browser answers a command with.
type commandError struct{ Method, Code, Text string }

// Error returns one line.
func (e *commandError) Error() string { return e.Method + ": " + e.Code + ": " + e.Text }

// dial connects. The context bounds the dialling alone.
func dial(ctx context.Context, address string, trace io.Writer, listen func(message)) (*conn, error) {
	dialer := net.Dialer{}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return prompt(c), nil
	}}
	socket, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, err
	}
	socket.SetReadLimit(-1) // it is a browser of ours
	c := &conn{socket: socket, listen: listen, waiting: map[int64]chan message{}, trace: trace}
	c.ctx, c.lose = context.WithCancelCause(context.Background())
	go c.read()
	return c, nil
}

// read takes messages until the connection is lost.
func (c *conn) read() {
	for {
		_, data, err := c.socket.Read(c.ctx)
		if err != nil {
			c.lose(fmt.Errorf("%w: %w", engine.ErrLost, err))
			return
		}
		c.record(data)
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			c.lose(fmt.Errorf("%w: it sent no message of WebDriver BiDi: %w", engine.ErrLost, err))
			return
		}
		if m.Type == "event" {
			c.listen(m)
			continue
		}
		c.mu.Lock()
		answer := c.waiting[m.ID]
		delete(c.waiting, m.ID)
		c.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// record writes a message to the trace, if there is one. A write error only cuts the trace
// short: it must not disturb a question.
func (c *conn) record(data []byte) {
	if c.trace == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = c.trace.Write(append(data, '\n'))
}

// call sends a command and reads its result; a nil result is not of interest.
func (c *conn) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan message, 1)
	c.mu.Lock()
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	data, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	// Not with ctx: a write that is cut off would close the connection.
	if err := c.socket.Write(c.ctx, websocket.MessageText, data); err != nil {
		c.lose(fmt.Errorf("%w: %w", engine.ErrLost, err))
	}
	var m message
	select {
	case m = <-answer:
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.waiting, id) // nobody waits for it any more
		return context.Cause(ctx)
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
	if m.Type == "error" {
		return &commandError{method, m.Error, m.Message}
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(m.Result, result)
}

// close ends the connection.
func (c *conn) close() {
	c.lose(engine.ErrLost)
	_ = c.socket.CloseNow()
}
