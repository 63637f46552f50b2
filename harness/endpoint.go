package harness

import (
	"errors"
	"net/url"
	"strings"

	"github.com/corsproof/corsproof/harness/internal/cdp/chrome"
	"github.com/corsproof/corsproof/harness/internal/engine"
	"github.com/corsproof/corsproof/harness/internal/socks"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// endpointFaults name what is wrong with Endpoint, and each field that a Chrome that runs
// already cannot be told.
func (b *Browser) endpointFaults() error {
	if b.Endpoint == "" {
		return nil
	}
	var faults []error
	if problem := chrome.EndpointProblem(b.Endpoint); problem != "" {
		faults = append(faults, &FaultError{"Endpoint", b.Endpoint, problem})
	}
	const decided = "this was decided when the Chrome of Endpoint (--browser) was started: "
	for _, f := range []struct {
		given          bool
		field, value   string
		problem, offer string
	}{
		{b.Kind != "", "Kind", string(b.Kind), "a browser that runs already is a Chrome: ", "give one of Kind and Endpoint"},
		{b.Path != "", "Path", b.Path, "no Chrome is started where Endpoint (--browser) names one: ", "give one of them"},
		{len(b.Flags) > 0, "Flags", strings.Join(b.Flags, " "), decided, "start that Chrome with the flags"},
		{b.Visible, "Visible", "true", decided, "remove the field (--visible)"},
		{b.HTTP1, "HTTP1", "true", decided, "start that Chrome with --disable-http2"},
		{len(b.HTTP3) > 0, "HTTP3", strings.Join(b.HTTP3, ","), decided, "start that Chrome with --origin-to-force-quic-on"},
		{len(b.CA) > 0, "CA", "", decided, "have its system trust the certificate"},
		{len(b.Resolve) > 0, "Resolve", strings.Join(b.Resolve, ","), decided, "start that Chrome with --host-resolver-rules"},
		{b.ThirdPartyCookies == PermissionDenied, "ThirdPartyCookies", string(b.ThirdPartyCookies), "no command of DevTools denies them for sure in a Chrome that runs already: ", "start a Chrome here"},
	} {
		if f.given {
			faults = append(faults, &FaultError{f.field, f.value, f.problem + f.offer})
		}
	}
	return errors.Join(faults...)
}

// foreignFault is the error of a question that the Chrome of Endpoint cannot be asked.
func (b *Browser) foreignFault(r Request) error {
	if b.Endpoint == "" {
		return nil
	}
	var faults []error
	cannot := func(given bool, what string) {
		if given {
			faults = append(faults, &engine.CannotError{Browser: "A Chrome that runs already", What: what + ": ask a Chrome that is started here, without Endpoint (--browser)"})
		}
	}
	// A proxied target is never local, so that a page from this machine differs in nothing there.
	cannot(r.AddressSpace != "" && r.AddressSpace != SpacePublic && !(r.AddressSpace == SpaceLoopback && b.LeadsToNetwork(r.URL)), "open a page in the "+space(r.AddressSpace)+" address space")
	cannot(r.ofExtension(), "open the page of an extension of ours")
	cannot(r.From == FilePage || r.Within == FilePage, "open a page at file:, because the files of this machine are not there")
	if b.LeadsToNetwork(r.URL) {
		public := b.spaceOf(r) == SpacePublic && (r.AddressSpace != "" || granted(b.LocalNetwork) == PermissionDenied || strings.HasPrefix(r.From, "http:"))
		cannot(public || r.TargetAddressSpace != "", "let local network access decide about the fixture network, which is not local to it")
	}
	cannot(r.Cache != "" && b.LeadsToNetwork(r.URL) && strings.HasPrefix(r.URL, "https:"), "choose what its HTTP cache answers for the fixture network over https, because it keeps no answer whose certificate it does not trust")
	if where := r.EffectiveWhere(); b.LeadsToNetwork(r.URL) && (strings.HasPrefix(r.From, "https:") || strings.HasPrefix(r.URL, "https:")) {
		const untrusted = " at the fixture network over https, because that Chrome does not trust its certificate"
		cannot(where == WhereSharedWorker, "ask from a shared worker"+untrusted)
		cannot(where == WhereServiceWorker, "ask from a service worker"+untrusted)
		cannot(r.Controller.given(), "have a service worker answer"+untrusted)
	}
	return errors.Join(faults...)
}

// foreignRepetition is the error of a question that the HTTP cache of a profile could answer. The
// certificate of the fixture network is not trusted there, and Chrome keeps no such answer.
func (b *Browser) foreignRepetition(r Request, p *Profile) error {
	if b.Endpoint == "" || p == nil || !strings.HasPrefix(r.URL, "https:") || !web.IsSafeMethod(r.Method) || !b.LeadsToNetwork(r.URL) {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked == nil {
		p.asked = map[string]bool{}
	}
	if p.asked[r.URL] {
		return &engine.CannotError{Browser: "A Chrome that runs already", What: "keep answers of the fixture network over https in its HTTP cache, because it does not trust the certificate, and this profile asks for " +
			shown(r.URL) + " again: ask over http, or a Chrome that is started here, without Endpoint (--browser)"}
	}
	p.asked[r.URL] = true
	return nil
}

// foreignVerdict is the error of a verdict that only holds for the page which a Chrome that
// runs already could open. Such a page counts as public, and a page that comes from this machine
// or from the local network may ask there.
// https://wicg.github.io/local-network-access/#local-network-request
func (b *Browser) foreignVerdict(r Request, page engine.Page, o Observation) error {
	if at := b.spaceOf(r); b.Endpoint != "" && at != SpacePublic && isLocalNetwork(o.Reason) {
		return &engine.CannotError{Browser: "A Chrome that runs already", What: "open a page in the " + space(at) + " address space, where the page at " + r.From +
			" comes from, and that decides this question: ask a Chrome that is started here, without Endpoint (--browser)"}
	}
	if b.Endpoint == "" {
		return nil
	}
	barred := page.Barred(string(SpaceLoopback)) || page.Barred(string(SpaceLocal))
	if barred && b.spaceOf(r) == SpacePublic && b.LeadsToNetwork(r.URL) {
		return &engine.CannotError{Browser: "A Chrome that runs already", What: "let a permissions policy decide about the fixture network, which is not local to it: ask a Chrome that is started here, without Endpoint (--browser)"}
	}
	return nil
}

// shownEndpoint is the scheme and the host of Endpoint: what comes after may be a secret.
func (b *Browser) shownEndpoint() string {
	u, err := url.Parse(b.Endpoint)
	if b.Endpoint == "" || err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// LeadsToNetwork says whether a URL leads to the Network, by its HostRules: the Network need not
// say that it serves the URL.
func (b *Browser) LeadsToNetwork(text string) bool {
	if b.Network == nil {
		return false
	}
	u, err := web.ParseURL(text, nil)
	return err == nil && socks.ByRules(b.Network.HostRules())(u.Host, 0) != ""
}
