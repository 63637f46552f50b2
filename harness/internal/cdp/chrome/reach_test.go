package chrome

import (
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/reach"
)

var leads = []reach.Address{
	{Host: "api.example.com", Port: 443, IP: netip.MustParseAddr("127.0.0.1")},
	{Host: "api.example.com", Port: 8443, IP: netip.MustParseAddr("::1")},
}

// An address comes before the rules of a network: the first rule that matches counts. A
// proxy is kept from the addresses alone.
func TestAddressesAreFlags(t *testing.T) {
	rooms, err := newStandIn()
	if err != nil {
		t.Fatal(err)
	}
	defer rooms.Close()
	for network, want := range map[string]string{
		"":                        "MAP api.example.com:443 127.0.0.1:443,MAP api.example.com:8443 [::1]:8443",
		"MAP *.test 127.0.0.1:99": "MAP api.example.com:443 127.0.0.1:443,MAP api.example.com:8443 [::1]:8443,MAP *.test 127.0.0.1:99",
	} {
		o := engine.Options{Addresses: leads}
		if network != "" {
			o.HostRules = []string{network}
		}
		list, err := flagsOf(o, rooms)
		if err != nil {
			t.Fatal(err)
		}
		flag := func(name string) int { return slices.IndexFunc(list, func(f Flag) bool { return f.Name == name }) }
		if i := flag("host-resolver-rules"); i < 0 || list[i].Value != want {
			t.Errorf("%q: flags %v, want %s", network, list, want)
		}
		if (flag("no-proxy-server") >= 0) != (network != "") {
			t.Errorf("%q: --no-proxy-server", network)
		}
	}
}

func TestNoProxyForAddresses(t *testing.T) {
	for name, test := range map[string]struct {
		list        []reach.Address
		environment []string
		want        string
	}{
		"no address":         {nil, []string{"no_proxy=a.test"}, ""},
		"nothing was exempt": {leads, []string{"PATH=/bin", "NO_PROXY="}, "api.example.com:443,api.example.com:8443"},
		"a host was exempt":  {leads, []string{"no_proxy=a.test"}, "a.test,api.example.com:443,api.example.com:8443"},
	} {
		want := []string{"no_proxy=" + test.want, "NO_PROXY=" + test.want}
		if test.want == "" {
			want = nil
		}
		if got := direct(test.list, test.environment); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// The certificates are in the profile before Chrome starts, and only there.
func TestTrustIsInTheProfile(t *testing.T) {
	for _, ca := range [][][]byte{nil, {[]byte("certificate")}} {
		folder := t.TempDir()
		cmd := exec.Command("chrome", "--user-data-dir="+folder)
		cmd.Env = []string{"HOME=" + folder}
		if _, err := prepareProfile(engine.Options{LocalNetwork: "granted", CA: ca}, cmd); err != nil {
			t.Fatal(err)
		}
		found, err := filepath.Glob(filepath.Join(folder, "*", "ServerCertificate"))
		if err != nil || len(found) != len(ca) {
			t.Errorf("%d certificates: %v, %v", len(ca), found, err)
		}
	}
	if _, err := trustDatabase([][]byte{make([]byte, 1<<17)}); err == nil || !strings.Contains(err.Error(), "certificates") {
		t.Errorf("a certificate that is too long: %v", err)
	}
}
