package chrome

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// ErrCookies says that Chrome does not treat third-party cookies as the settings say.
var ErrCookies = errors.New("third-party cookies are not as they were asked for")

// phaseout is the flag by which the headless shell sends no third-party cookies. It does not
// read the preference: see [preferences].
const phaseout = "test-third-party-cookie-phaseout"

// The statuses by which the stand-in says whether a cookie came.
const (
	cookieCame = http.StatusOK
	noCookie   = http.StatusNoContent
)

// cookieStatus is the answer of the stand-in to a request that may have a cookie.
func cookieStatus(r *http.Request) int {
	if len(r.Cookies()) > 0 {
		return cookieCame
	}
	return noCookie
}

// checkCookies asks Chrome for something of another site, and looks whether a cookie goes
// with the request. Which cookies go is decided by a preference or a flag, by the build, and
// by an administrator's policy that overrides both. The document in the first tab is empty,
// so that every site is another site. Nothing but the fresh profile's own cookie is removed.
func (c *Chrome) checkCookies() error {
	address, err := c.rooms.url(loopback, cookieWitness, "")
	if err != nil {
		return err
	}
	cookie := &network.CookieParam{Name: "corsproof", Value: "1", URL: address, Secure: true, SameSite: network.CookieSameSiteNone}
	if _, err := chromedp.CallBrowser(c.ctx, storage.SetCookies, storage.SetCookiesParams{Cookies: []*network.CookieParam{cookie}}); err != nil {
		return fmt.Errorf("set a cookie to check third-party cookies: %w", err)
	}
	got, err := chromedp.Call(c.ctx, network.LoadNetworkResource, network.LoadNetworkResourceParams{
		FrameID: cdp.FrameID(chromedp.FromContext(c.ctx).Target.TargetID), URL: address,
		Options: &network.LoadNetworkResourceOptions{DisableCache: true, IncludeCredentials: true},
	})
	if err == nil {
		_, err = chromedp.CallBrowser(c.ctx, storage.ClearCookies, storage.ClearCookiesParams{})
	}
	if err != nil {
		return fmt.Errorf("check third-party cookies: %w", err)
	}
	return judgeCookies(got.Resource, c.options.ThirdPartyCookies)
}

// judgeCookies compares what arrived with the wish.
func judgeCookies(got *network.LoadNetworkResourcePageResult, granted bool) error {
	switch status := int(got.HTTPStatusCode); {
	case status != cookieCame && status != noCookie:
		return fmt.Errorf("check third-party cookies: no answer from 127.0.0.1: status %d, %s", status, got.NetErrorName)
	case granted && status == noCookie:
		return fmt.Errorf("%w: Chrome sends none, and they are granted: a policy of the administrator (BlockThirdPartyCookies, see chrome://policy) "+
			"or a flag decides: change it, or ask with third-party cookies denied (--third-party-cookies block)", ErrCookies)
	case !granted && status == cookieCame:
		return fmt.Errorf("%w: Chrome sends them, and they are denied: a policy of the administrator (BlockThirdPartyCookies or CookiesAllowedForUrls, "+
			"see chrome://policy) or a flag decides: change it, or ask with third-party cookies granted (--third-party-cookies allow); "+
			"a headless shell whose program has another name needs --chrome-flag=--"+phaseout, ErrCookies)
	}
	return nil
}
