package chrome

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// A proxy that dies gives no verdict, and ends the connection, so that the next question makes a
// new proxy.
func TestProxyDies(t *testing.T) {
	path, err := find(engine.Options{})
	if err != nil {
		t.Skip(err)
	}
	folder, err := os.MkdirTemp("", "outsider")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"--headless", "--remote-debugging-port=0", "--user-data-dir=" + folder}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox")
	}
	other := exec.Command(path, append(args, "about:blank")...)
	printed, err := other.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()         // it was killed
		_ = os.RemoveAll(folder) // a temporary one
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	endpoint := ""
	for lines := bufio.NewScanner(printed); endpoint == "" && lines.Scan(); {
		_, endpoint, _ = strings.Cut(lines.Text(), "DevTools listening on ")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Access-Control-Allow-Origin", "*") }))
	defer server.Close()
	b, err := Connect(ctx, engine.Options{Endpoint: endpoint, LocalNetwork: "granted", HostRules: []string{"MAP *.test " + server.Listener.Addr().String()}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	page, err := b.Open(ctx, engine.PageOptions{Origin: "http://app.test", AddressSpace: public, Fixture: true})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(url string) error {
		_, err := page.Ask(ctx, engine.Question{JSON: []byte(`{"url":"` + url + `","method":"GET"}`), URL: url, Request: true})
		return err
	}
	if err := ask("http://one.test/"); err != nil {
		t.Fatal(err)
	}
	if err := b.(*Chrome).foreign.proxy.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ask("http://two.test/"); !errors.Is(err, engine.ErrLost) || !strings.Contains(err.Error(), "the way from the Chrome to the fixture network ended") {
		t.Errorf("got %v", err)
	}
	if b.Alive() {
		t.Error("the connection goes on")
	}
}
