package harness

import (
	"encoding/json"
	"net"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// pageOptions describes the page that a question is asked from.
func (b *Browser) pageOptions(r Request) (engine.PageOptions, error) {
	o := engine.PageOptions{
		Origin: r.From, Within: r.Within, AddressSpace: string(b.spaceOf(r)),
		CachesOff: b.cachesOff(r), DryRun: r.DryRun, Worker: r.Via.worker(),
	}
	if r.Within != "" {
		o.OuterSpace = string(b.implied(r.Within))
	}
	if o.Worker == engine.ServiceWorker && b.Network != nil {
		o.WorkerScript = b.Network.ServiceWorkerPath(r.From)
	}
	if len(r.PageHeaders) == 0 {
		return o, nil
	}
	headers, err := json.Marshal(r.PageHeaders)
	o.Headers = string(headers)
	return o, err
}

// spaceOf is the address space of the page: see [Request.AddressSpace].
func (b *Browser) spaceOf(r Request) AddressSpace {
	switch {
	case r.AddressSpace != "":
		return r.AddressSpace
	case strings.Contains(strings.Join(r.PageHeaders.Values(web.NameSecurityPolicy), ";"), "treat-as-public-address"):
		return SpacePublic // https://wicg.github.io/local-network-access/#csp
	case r.From == DataPage && r.Within != "": // it has the address space of its creator
		return b.implied(r.Within)
	}
	return b.implied(r.From)
}

// implied is the address space that the host of an origin implies.
func (b *Browser) implied(origin string) AddressSpace {
	switch {
	case origin == OpaqueOrigin, origin == FilePage, b.Network != nil && b.Network.Serves(origin):
		return SpaceLoopback
	}
	u, err := url.Parse(origin)
	if err != nil {
		return SpacePublic
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	ip := net.ParseIP(host)
	switch {
	case web.IsLoopback(host):
		return SpaceLoopback
	case ip.IsPrivate() || ip.IsLinkLocalUnicast():
		return SpaceLocal
	}
	return SpacePublic
}

// cachesOff says whether the browser's caches are bypassed: for a foreign target,
// unless the question is about caches. URLs of the fixture network are new for
// each case, so that no cache has them.
func (b *Browser) cachesOff(r Request) bool {
	return r.Cache == "" && (b.Network == nil || !b.Network.Serves(r.URL))
}
