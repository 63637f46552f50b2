package chrome

import (
	"context"
	"net/url"
	"strconv"

	"github.com/chromedp/cdproto/fetch"

	"github.com/corsproof/corsproof/harness/internal/socks"
)

// relay answers what a page asks of the fixture network.
type relay struct{ leads socks.Lead }

func (r *relay) patterns() []*fetch.RequestPattern { return nil }

func (r *relay) answer(context.Context, *fetch.EventRequestPaused) (fetch.FulfillRequestParams, error) {
	return fetch.FulfillRequestParams{}, nil
}

// leadsTo says whether a URL is one of the fixture network.
func (f *fixture) leadsTo(text string) bool { return f.leads != nil && leadOf(f.leads, text) != "" }

// leadOf is the address that a URL leads to.
func leadOf(leads socks.Lead, text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	port, _ := strconv.ParseUint(u.Port(), 10, 16)
	return leads(u.Hostname(), uint16(port))
}
