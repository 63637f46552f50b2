package process

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A shared cache keeps what any shared cache may keep, and nothing else: what it keeps by
// mistake would be a finding about a library.
func TestCacheKeeps(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		control, vary, authorization string
		kept                         bool
	}{
		{control: "max-age=600", kept: true},
		{control: "public, max-age=600", kept: true},
		{control: "MAX-AGE=600", kept: true},
		{control: "s-maxage=600", kept: true},
		{control: "max-age=600", vary: "Origin", kept: true},
		{control: "public, max-age=600", authorization: "Bearer x", kept: true},
		{control: "max-age=600", authorization: "Bearer x"},
		{control: ""},
		{control: "max-age=0"},
		{control: "s-maxage=0, max-age=600"},
		{control: "no-store, max-age=600"},
		{control: "max-age=600, No-Store"},
		{control: "no-cache, max-age=600"},
		{control: `no-cache="set-cookie", max-age=600`},
		{control: "private, max-age=600"},
		{control: "max-age=600", vary: "*"},
	} {
		s := stored{status: 200, asked: http.Header{}, header: http.Header{"Cache-Control": {test.control}}}
		if test.vary != "" {
			s.header.Set("Vary", test.vary)
		}
		if test.authorization != "" {
			s.asked.Set("Authorization", test.authorization)
		}
		if got := s.mayBeKept(); got != test.kept {
			t.Errorf("%+v: kept: %v", test, got)
		}
	}
}

// The cache passes a body on as it came, and its connections to the server end with it.
func TestCacheIsTransparentAndEnds(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write([]byte("ok"))
	_ = zip.Close()
	var open atomic.Int32
	sent := make(chan http.Header, 1)
	backend := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent <- r.Header.Clone()
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}))
	ended := make(chan struct{}, 1)
	backend.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			open.Add(1)
		case http.StateClosed:
			open.Add(-1)
			ended <- struct{}{}
		}
	}
	backend.Start()
	defer backend.Close()
	c, err := startCache(strings.TrimPrefix(backend.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true}}
	answer, err := client.Get("http://" + c.address + "/ok")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(answer.Body)
	answer.Body.Close()
	client.CloseIdleConnections()
	if !bytes.Equal(body, packed.Bytes()) || answer.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("the body is %q, the headers are %v", body, answer.Header)
	}
	if header := <-sent; header.Get("Accept-Encoding") != "" {
		t.Errorf("the server got %v, which nobody sent", header)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Errorf("%d connections of a closed cache are open", open.Load())
	}
}
