package command

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The output of serve is enough to reach the network, and each request is printed
// without its secrets.
func TestServe(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	reader, writer := io.Pipe()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	done := make(chan error)
	go func() {
		done <- (&serveOptions{ca: ca}).run(ctx, streams{out: writer, err: io.Discard})
		_ = writer.Close()
	}()
	lines := bufio.NewScanner(reader)
	until := func(text string) string {
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return lines.Text()
			}
		}
		t.Fatalf("no line has %q", text)
		return ""
	}
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(until("listens at"))
	until("Ctrl-C ends")

	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	client := http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "tcp", address)
		},
	}}
	request, err := http.NewRequestWithContext(ctx, "PUT", "https://api.test/reply?status=404&header=X-A:%20b&body=hello", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", page)
	request.Header.Set("Authorization", "Bearer s3cret")
	answered := make(chan string)
	go func() {
		response, err := client.Do(request)
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- response.Status + " " + response.Header.Get("X-A") + " " + string(body)
	}()
	if line := until("/reply"); !strings.Contains(line, "PUT") || !strings.HasSuffix(line, "  from "+page) || strings.Contains(line, "s3cret") {
		t.Errorf("printed %q", line)
	}
	if got := <-answered; got != "404 Not Found b hello" {
		t.Errorf("got %q", got)
	}
	client.CloseIdleConnections()
	stop()
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}
}
