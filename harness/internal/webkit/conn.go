package webkit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/coder/websocket"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// conn is a connection to a tab by the protocol of the Web Inspector. What a process of the tab says
// comes in envelopes, which name it as a target. Its methods may be called from many goroutines.
// https://github.com/WebKit/WebKit/tree/main/Source/JavaScriptCore/inspector/protocol
type conn struct {
	socket *websocket.Conn
	ctx    context.Context // done when the connection is lost
	lose   context.CancelCauseFunc
	listen func(message) // gets the events in order, and must return at once

	mu      sync.Mutex
	last    int64
	waiting map[int64]chan message
	target  string
	first   chan struct{} // closed when there is a target
	trace   io.Writer
}

// message is the reply to a command, or an event.
type message struct {
	ID     int64           `json:"id"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// dial connects to a tab. The context bounds the dialling alone.
func dial(ctx context.Context, address string, trace io.Writer, listen func(message)) (*conn, error) {
	socket, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		return nil, err
	}
	socket.SetReadLimit(-1) // it is a browser of ours
	c := &conn{socket: socket, listen: listen, waiting: map[int64]chan message{}, trace: trace, first: make(chan struct{})}
	c.ctx, c.lose = context.WithCancelCause(context.Background())
	go c.read()
	select {
	case <-c.first:
		return c, nil
	case <-ctx.Done():
		c.close()
		return nil, context.Cause(ctx)
	case <-c.ctx.Done():
		c.close()
		return nil, context.Cause(c.ctx)
	}
}

// read takes messages until the connection is lost.
func (c *conn) read() {
	for {
		_, data, err := c.socket.Read(c.ctx)
		if err != nil {
			c.lose(fmt.Errorf("%w: %w", engine.ErrLost, err))
			return
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			c.lose(fmt.Errorf("%w: it sent no message of the Web Inspector: %w", engine.ErrLost, err))
			return
		}
		c.routed(m)
	}
}

// routed takes a message about targets, or one that a target sent.
func (c *conn) routed(m message) {
	var e struct {
		Info struct {
			ID          string `json:"targetId"`
			Type        string `json:"type"`
			Provisional bool   `json:"isProvisional"`
		} `json:"targetInfo"`
		Target  string `json:"targetId"`
		New     string `json:"newTargetId"`
		Message string `json:"message"`
	}
	if m.Method == "" {
		if m.Error != nil { // the target is gone
			c.answer(m)
		}
		return // the target answers itself
	}
	if json.Unmarshal(m.Params, &e) != nil {
		return
	}
	switch m.Method {
	case "Target.targetCreated":
		if e.Info.Type == "page" && !e.Info.Provisional {
			c.move(e.Info.ID)
		}
	case "Target.didCommitProvisionalTarget":
		c.move(e.New)
	case "Target.targetDestroyed":
		if e.Target == c.current() {
			c.lose(fmt.Errorf("%w: the process of the tab ended", engine.ErrLost))
		}
	case "Target.dispatchMessageFromTarget":
		if e.Target == c.current() {
			c.told(e.Message)
		}
	}
}

// move makes a target the one of the tab. A tab that moves later has left the page that we opened.
func (c *conn) move(target string) {
	c.mu.Lock()
	began := c.target == ""
	c.target = target
	c.mu.Unlock()
	if !began {
		c.lose(fmt.Errorf("%w: the tab moved to another process", engine.ErrLost))
		return
	}
	close(c.first)
}

// told takes what the target says.
func (c *conn) told(text string) {
	c.record(text)
	var m message
	if json.Unmarshal([]byte(text), &m) != nil {
		return
	}
	if m.Method != "" {
		c.listen(m)
		return
	}
	c.answer(m)
}

// answer hands a reply to the command that waits for it.
func (c *conn) answer(m message) {
	c.mu.Lock()
	answer := c.waiting[m.ID]
	delete(c.waiting, m.ID)
	c.mu.Unlock()
	if answer != nil {
		answer <- m
	}
}

// current is the target of the tab.
func (c *conn) current() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.target
}

// record writes a message to the trace, if there is one. A write error only cuts the trace
// short: it must not disturb a question.
func (c *conn) record(text string) {
	if c.trace == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.WriteString(c.trace, text+"\n")
}

// call sends a command to the target and reads its result; a nil result is not of interest.
func (c *conn) call(ctx context.Context, method string, params, result any) error {
	answer := make(chan message, 1)
	c.mu.Lock()
	c.last++
	id, target := c.last, c.target
	c.waiting[id] = answer
	c.mu.Unlock()
	inner, err := json.Marshal(map[string]any{"id": id, "method": method, "params": params})
	if err != nil {
		return err
	}
	envelope := map[string]any{"id": id, "method": "Target.sendMessageToTarget", "params": map[string]any{"targetId": target, "message": string(inner)}}
	data, err := json.Marshal(envelope)
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
		delete(c.waiting, id)
		return context.Cause(ctx)
	case <-c.ctx.Done():
		return context.Cause(c.ctx)
	}
	if m.Error != nil {
		return fmt.Errorf("%s: %s", method, m.Error.Message)
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
