package chrome

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/corsproof/corsproof/harness/internal/engine"
)

// document is what a tab, a frame or a worker loads.
type document struct {
	target  string // its URL, as the page sees it
	standIn string // the URL that serves it; empty: the target itself
}

// documentOf is the document of a page at a path of an origin. The scheme is that of a
// sandboxed one.
func (c *Chrome) documentOf(origin, path, scheme, space, headers string) (document, error) {
	switch origin {
	case engine.DataPage:
		return document{target: "data:text/html," + url.PathEscape(string(c.rooms.document))}, nil
	case engine.FilePage:
		path, err := c.pageFile()
		return document{target: (&url.URL{Scheme: "file", Path: path}).String()}, err
	}
	kind := ""
	if origin == engine.OpaqueOrigin {
		kind = sandboxedDocument
		origin = scheme + "://opaque.test"
	}
	headers, err := ownPolicies(headers, origin)
	if err != nil {
		return document{}, err
	}
	from, err := c.rooms.url(space, kind, headers)
	return document{origin + cmp.Or(path, "/"), from}, err
}

// self is the origin of the document in a Content-Security-Policy.
var self = regexp.MustCompile(`(?i)'self'`)

// ownPolicies writes the page's origin for 'self' in a policy: Chrome would take
// 'self' for the stand-in's origin. It adds the wss origin, because https://host in a
// policy does not match wss and 'self' does.
// https://w3c.github.io/webappsec-csp/#match-url-to-source-expression
func ownPolicies(headers, origin string) (string, error) {
	if headers == "" {
		return "", nil
	}
	var list [][2]string
	if err := json.Unmarshal([]byte(headers), &list); err != nil {
		return "", err
	}
	for i, h := range list {
		switch strings.ToLower(h[0]) {
		case "content-security-policy", "content-security-policy-report-only":
			list[i][1] = self.ReplaceAllLiteralString(h[1], origin+" "+strings.Replace(origin, "http", "ws", 1))
		}
	}
	named, err := json.Marshal(list)
	return string(named), err
}

// pageFile writes the document into the profile's folder, and is removed with the folder.
func (c *Chrome) pageFile() (string, error) {
	if c.foreign != nil {
		return "", c.foreignCannot("open a page at file:, because this machine's files are not there")
	}
	path := filepath.Join(c.profile, "page.html")
	return path, os.WriteFile(path, c.rooms.document, 0o600)
}

// load calls begin, which makes the tab request a document, and redirects that
// request to the stand-in. Interception is on for this one request and off before
// the first question.
func (p *Page) load(d document, begin func() error) error {
	if d.standIn == "" {
		return begin()
	}
	return p.standIn(p.ctx, &fetch.RequestPattern{ResourceType: network.ResourceTypeDocument}, d, begin)
}

// standIn lets begin ask for something, in the session that Chrome tells of it, and lets
// that come from elsewhere.
func (p *Page) standIn(session context.Context, pattern *fetch.RequestPattern, d document, begin func() error) error {
	if _, err := chromedp.Call(session, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{pattern}}); err != nil {
		return err
	}
	loaded := make(chan error, 1)
	go func() { loaded <- begin() }()
	select {
	case e := <-p.paused:
		if err := p.lead(session, e.RequestID, d.standIn); err != nil {
			return err
		}
	case err := <-loaded:
		if err == nil {
			err = fmt.Errorf("nothing asked for %s", d.target)
		}
		return err
	}
	if err := <-loaded; err != nil {
		return err
	}
	return chromedp.Do(session, call(fetch.Disable, cdp.Empty{}))
}

// lead lets a request be answered by the stand-in. A Chrome that somebody else started may not
// reach it, and gets the answer itself.
func (p *Page) lead(session context.Context, id fetch.RequestID, standIn string) error {
	if p.chrome.foreign == nil {
		_, err := chromedp.Call(session, fetch.ContinueRequest, fetch.ContinueRequestParams{RequestID: id, URL: standIn})
		return err
	}
	answer, err := p.chrome.rooms.answer(standIn)
	if err != nil {
		return err
	}
	answer.RequestID = id
	_, err = chromedp.Call(session, fetch.FulfillRequest, answer)
	return err
}

// navigate is the begin of a tab. Chrome answers when the first byte is there, but
// a question may need the whole document.
func (p *Page) navigate(target string) error {
	result, err := chromedp.Call(p.ctx, page.Navigate, page.NavigateParams{URL: target})
	if err == nil && result.ErrorText != "" {
		err = errors.New(result.ErrorText)
	}
	if err != nil {
		return err
	}
	_, err = p.Value(p.ctx, parsed)
	return err
}

// parsed is a promise of the whole document.
const parsed = `new Promise((resolve) => {
	const look = () => document.readyState === "loading" || resolve(true);
	document.onreadystatechange = look;
	look();
})`
