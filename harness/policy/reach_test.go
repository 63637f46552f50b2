package policy

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness"
)

// certified writes the certificate of a server into a folder, as ca.pem.
func certified(t *testing.T) (folder string) {
	t.Helper()
	server := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	folder = t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(folder, "ca.pem"), certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestReachOfAPolicy(t *testing.T) {
	folder := certified(t)
	file := filepath.Join(folder, "ca.pem")
	for name, ask := range map[string]string{
		"one each":    "{ca: ca.pem, resolve: 'api.acme.com:443:127.0.0.1'}",
		"lists":       "{ca: [ca.pem], resolve: ['api.acme.com:443:127.0.0.1']}",
		"an absolute": "{ca: " + file + ", resolve: ['api.acme.com:443:127.0.0.1']}",
		"a variable":  "{ca: '${CA}', resolve: 'api.acme.com:443:${ADDRESS}'}",
	} {
		vars := map[string]string{"CA": "ca.pem", "ADDRESS": "127.0.0.1"}
		p, err := Parse(filepath.Join(folder, "policy.yaml"), []byte("target: https://api.acme.com\norigins: any\nask: "+ask), func(name string) (string, bool) { v, ok := vars[name]; return v, ok })
		if err != nil || !reflect.DeepEqual(p.Ask.CA, []string{file}) || !reflect.DeepEqual(p.Ask.Resolve, []string{"api.acme.com:443:127.0.0.1"}) {
			t.Errorf("%s: %v, %v", name, p.Ask, err)
			continue
		}
		var b harness.Browser
		if err := p.Ask.Reach(&b); err != nil || len(b.CA) != 1 || len(b.Resolve) != 1 {
			t.Errorf("%s: %d certificates, %v, %v", name, len(b.CA), b.Resolve, err)
		}
	}
}

func TestFaultsOfReach(t *testing.T) {
	folder := certified(t)
	if err := os.WriteFile(filepath.Join(folder, "s3cret"), []byte("key"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `target: https://api.acme.com
origins: any
ask:
  ca: [ca.pem, missing.pem, "${FILE}", 7]
  resolve: ["api.acme.com:443:127.0.0.1", "api.acme.com:443", "*:443:127.0.0.1", "api.acme.com:443:10.0.0.1"]
`
	_, err := Parse(filepath.Join(folder, "policy.yaml"), []byte(text), func(string) (string, bool) { return "s3cret", true })
	for _, want := range []string{
		`policy.yaml:4:16: ask.ca[1] "missing.pem": the certificates cannot be read: `, `ask.ca[2] "${FILE}": the certificates cannot be read: no certificate in it`, `ask.ca[3] "7": want a text`,
		`policy.yaml:5:43: ask.resolve[1] "api.acme.com:443": want HOST:PORT:ADDRESS`, `ask.resolve[2] "*:443:127.0.0.1": want one host`, `ask.resolve[3] "api.acme.com:443:10.0.0.1": api.acme.com:443 leads to 127.0.0.1 already`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	if err == nil || len(Faults(err)) != 6 || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%d faults: %v", len(Faults(err)), err)
	}
	var b harness.Browser
	if err := (Ask{CA: []string{"gone.pem"}}).Reach(&b); err == nil || !strings.Contains(err.Error(), "gone.pem") {
		t.Errorf("a file that is gone: %v", err)
	}
}
