package harness

import (
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// pageOptions describes the page that a question is asked from.
func (b *Browser) pageOptions(r Request) (engine.PageOptions, error) {
	o := engine.PageOptions{
		Origin: r.From, Within: r.Within, FrameAllow: r.FrameAllow, AddressSpace: string(b.spaceOf(r)),
		CachesOff: b.cachesOff(r), Controlled: r.Controller.given(), DryRun: r.DryRun, Worker: r.EffectiveWhere().worker(),
		ExtensionKey: r.ExtensionKey, Document: string(r.Document), Path: r.PagePath, WithinPath: r.WithinPath, WorkerPath: r.WorkerPath, WorkerScheme: string(r.workerScript()),
		FullOnly:   r.Via.fullOnly(),
		Windowless: (b.Windowless || r.mayWantLogin()) && r.Via != ViaManifest && r.Via != ViaFavicon,
	}
	if r.From == OpaqueOrigin {
		o.OpaqueScheme = r.opaqueScheme()
	}
	if r.Within != "" {
		o.OuterSpace = string(b.implied(r.Within))
	}
	if b.Endpoint != "" { // what Chrome takes the documents of package chrome for
		o.AddressSpace = string(SpacePublic)
		if r.Within != "" {
			o.OuterSpace = string(SpacePublic)
		}
		o.Fixture = b.LeadsToNetwork(r.URL)
	}
	if (o.Worker == engine.ServiceWorker || r.Controller.given()) && b.Network != nil {
		o.WorkerScript = b.Network.ServiceWorkerPath(r.From)
	}
	var pageErr, withinErr, workerErr, editErr error
	o.Edits, editErr = edits(r.WhatIf)
	o.Headers, pageErr = pairs(r.documentHeaders())
	o.WithinHeaders, withinErr = pairs(r.WithinHeaders)
	o.WorkerHeaders, workerErr = pairs(r.WorkerHeaders)
	return o, errors.Join(pageErr, withinErr, workerErr, editErr)
}

// pairs is a JSON list of headers, empty where there are none.
func pairs(h Header) (string, error) {
	if len(h) == 0 {
		return "", nil
	}
	list, err := json.Marshal(h)
	return string(list), err
}

// spaceOf is the address space of the page: see [Request.AddressSpace].
func (b *Browser) spaceOf(r Request) AddressSpace {
	switch {
	case r.AddressSpace != "":
		return r.AddressSpace
	case r.ofExtension():
		return SpaceLoopback // it comes from this machine
	case strings.Contains(strings.Join(r.PageHeaders.Values(web.NameSecurityPolicy), ";"), "treat-as-public-address"):
		return SpacePublic // https://wicg.github.io/local-network-access/#csp
	case opaque(r.From) && r.Within != "": // a data: page has the address space of its creator, a sandboxed one comes from the same server
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

// barred says whether the page's permissions policy keeps it from the server at a URL,
// as far as the host tells where that is.
func (b *Browser) barred(page engine.Page, url string) bool {
	switch space := b.implied(url); space {
	case SpaceLoopback, SpaceLocal:
		return page.Barred(string(space))
	}
	return page.Barred(string(SpaceLoopback)) && page.Barred(string(SpaceLocal))
}

// target is the URL that the last request was for.
func target(r Request, told engine.Evidence) string {
	if last := len(told.Requests) - 1; last >= 0 {
		return told.Requests[last].URL
	}
	return r.URL
}

// cachesOff says whether the browser's caches are bypassed: for a foreign target,
// unless the question is about caches, and for edited answers. URLs of the fixture network are new for
// each case, so that no cache has them.
func (b *Browser) cachesOff(r Request) bool {
	if len(r.WhatIf) > 0 {
		return true
	}
	return r.Cache == "" && (b.Network == nil || !b.Network.Serves(r.URL))
}
