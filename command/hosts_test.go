package command

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// trap is a proxy for everything that a process does: it answers for every host and
// notes the hosts. It opens no tunnel.
type trap struct {
	*httptest.Server
	mu    sync.Mutex
	hosts []string
}

func newTrap(t *testing.T) *trap {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere Chrome has the proxies of the system")
	}
	p := &trap{}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := strings.Cut(r.Host, ":")
	p.mu.Lock()
	if !slices.Contains(p.hosts, host) {
		p.hosts = append(p.hosts, host)
	}
	p.mu.Unlock()
	if r.Method == http.MethodConnect {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
}

// contacted are the hosts, in the order of their names.
func (p *trap) contacted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Sorted(slices.Values(p.hosts))
}

// behind makes the trap the proxy of a process.
func (p *trap) behind(cmd *exec.Cmd) *exec.Cmd {
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"} {
		cmd.Env = append(cmd.Env, name+"="+p.URL)
	}
	cmd.Env = append(cmd.Env, "NO_PROXY=", "no_proxy=")
	return cmd
}

// A run contacts the target alone: neither the site of a page, nor a site whose name
// looks like it, nor a service of Chrome's maker. The trap is a proxy, which the target
// on this machine is not asked through. The pages are at https: origins, whose
// connections Chrome makes ahead of a document.
func TestContactedHosts(t *testing.T) {
	target := newAllowing(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Origin") == page {
			w.Header().Set("Access-Control-Max-Age", "600")
		}
	})
	policy := func(more string) string {
		return policyOf(t, target.URL, "methods: [GET, PUT]\ncredentials: true\nmaxAge: 600\n"+more)
	}
	for name, args := range map[string][]string{
		"ask":               {"ask", target.URL, "--from", page},
		"ask from a frame":  {"ask", target.URL, "--from", page, "--within", "https://outer.example"},
		"ask in a dry run":  {"ask", target.URL, "--from", page, "--method", "PUT", "--dry-run"},
		"ask from a worker": {"ask", target.URL, "--from", page, "--via", "shared-worker"},
		"verify":            {"verify", policy("")},
		"verify, and send":  {"verify", policy("ask: {unsafe: send}\n")},
		"compare":           {"compare", policy(""), "--left", target.URL, "--right", server(t).URL},
	} {
		t.Run(name, func(t *testing.T) {
			p := newTrap(t)
			got := finish(t, p.behind(corsproof(t, args...)))
			if got.status > 1 {
				t.Fatalf("exit status %d\n%s%s", got.status, got.stdout, got.stderr)
			}
			if hosts := p.contacted(); len(hosts) > 0 {
				t.Errorf("contacted besides the target: %v", hosts)
			}
		})
	}
}

// The trap sees what goes to another machine.
func TestContactedTarget(t *testing.T) {
	p := newTrap(t)
	got := finish(t, p.behind(corsproof(t, "ask", "http://api.acme.example/q", "--from", strings.Replace(page, "https", "http", 1))))
	if hosts := p.contacted(); got.status > 1 || !slices.Equal(hosts, []string{"api.acme.example"}) {
		t.Errorf("contacted %v\n%s%s", hosts, got.stdout, got.stderr)
	}
}
