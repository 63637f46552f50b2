package chrome

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// An endpoint is where a Chrome takes DevTools connections: http(s)://HOST:PORT, which is
// asked for the address of its browser, or ws(s)://, which is that address.
//
// No message of this file has the address of the endpoint: the messages become causes in
// reports, and the shards of one run may have an endpoint each.

// EndpointProblem says what is wrong with the text of an endpoint; empty: nothing.
func EndpointProblem(text string) string {
	u, err := url.Parse(text)
	const want = "want ws://HOST:PORT/… or http://HOST:PORT, such as http://127.0.0.1:9222"
	switch {
	case err != nil:
		return "not a URL: " + want
	case u.Scheme == "" && u.Host == "" && !strings.ContainsAny(text, "/:"):
		return "not a browser: want chrome or firefox, or the address of a Chrome that runs already, such as http://127.0.0.1:9222"
	case u.Scheme != "ws" && u.Scheme != "wss" && u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "not the address of a Chrome: " + want
	case u.Fragment != "":
		return "an address of a Chrome has no #: " + want
	}
	return ""
}

// socketOf is the websocket address of the browser at an endpoint.
func socketOf(ctx context.Context, endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil {
		return "", errors.New("it is not a URL")
	}
	bare := strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
	switch {
	case u.Scheme == "http", u.Scheme == "https":
		return askVersion(ctx, u)
	case !bare: // a grid gives an address with a path or a token, which is used as it is
		return u.String(), nil
	}
	probe := *u
	probe.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	if found, err := askVersion(ctx, &probe); err == nil || !errors.Is(err, errNotDevTools) {
		return found, err
	}
	return u.String(), nil // a grid may have no list of its browsers
}

// errNotDevTools says that what answers at an endpoint is no DevTools.
var errNotDevTools = errors.New("what answers there is not the DevTools of a Chrome: start that Chrome with --remote-debugging-port=9222, and give its address")

// askVersion asks an endpoint which browser it has.
// https://chromedevtools.github.io/devtools-protocol/#get-jsonversion
func askVersion(ctx context.Context, u *url.URL) (string, error) {
	at := *u
	at.User, at.Path = nil, strings.TrimSuffix(u.Path, "/")+"/json/version"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return "", errNotDevTools
	}
	if u.User != nil {
		password, _ := u.User.Password()
		r.SetBasicAuth(u.User.Username(), password)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return "", unreached(ctx, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil {
		return "", unreached(ctx, err)
	}
	if err := refusedBy(answer.StatusCode, string(body)); err != nil {
		return "", err
	}
	var version struct{ Browser, WebSocketDebuggerURL string }
	if json.Unmarshal(body, &version) != nil || version.WebSocketDebuggerURL == "" {
		return "", errNotDevTools
	}
	if version.Browser != "" {
		if err := newEnough(version.Browser); err != nil {
			return "", err
		}
	}
	return seenFromHere(u, version.WebSocketDebuggerURL)
}

// seenFromHere is the address of a browser as this machine has to write it: Chrome tells the
// address as the request had it, and a proxy or a published port may stand between.
func seenFromHere(u *url.URL, told string) (string, error) {
	socket, err := url.Parse(told)
	if err != nil {
		return "", errNotDevTools
	}
	socket.Scheme, socket.Host, socket.User = strings.Replace(u.Scheme, "http", "ws", 1), u.Host, u.User
	socket.RawQuery = cmp.Or(socket.RawQuery, u.RawQuery)
	return socket.String(), nil
}

// refusedBy says why an answer with a status is a refusal; nil: it is none.
func refusedBy(status int, body string) error {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusProxyAuthRequired:
		return fmt.Errorf("it wants another password or token (status %d): give it in the address, as http://USER:PASSWORD@HOST:PORT or as ws://HOST/?token=…", status)
	case strings.Contains(body, "Host header is specified and is not an IP address or localhost"):
		return errors.New("that Chrome answers only to an IP address or to localhost: give the IP address of its host")
	case status != http.StatusOK && status != http.StatusSwitchingProtocols:
		return fmt.Errorf("%w (status %d)", errNotDevTools, status)
	}
	return nil
}

// statusOf finds the status in the error of a websocket's handshake.
var statusOf = regexp.MustCompile(`unexpected status "(\d+)[^"]*", body "(.*)"`)

// unconnected is the error of a websocket that was not opened.
func unconnected(ctx context.Context, err error) error {
	var status int
	if m := statusOf.FindStringSubmatch(err.Error()); m != nil {
		_, _ = fmt.Sscan(m[1], &status)
		if status == http.StatusNotFound {
			return errors.New("there is no browser of that address: it has ended, or was started again; an address http://HOST:PORT finds the new one")
		}
		return cmp.Or(refusedBy(status, m[2]), errNotDevTools)
	}
	if strings.Contains(err.Error(), "websocket handshake failed") {
		return errNotDevTools
	}
	return unreached(ctx, err)
}

// unreached says why a connection failed, without the address that the error has.
func unreached(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	why := "it did not answer"
	if failed, ok := errors.AsType[*net.DNSError](err); ok {
		why = "its host has no address: " + failed.Err
	} else if failed, ok := errors.AsType[*net.OpError](err); ok {
		why = failed.Err.Error()
	} else if errors.Is(err, io.EOF) {
		why = "it closed the connection without an answer"
	} else if failed, ok := errors.AsType[*url.Error](err); ok {
		why = failed.Err.Error()
	}
	return fmt.Errorf("%s: is that Chrome running, with --remote-debugging-port, and can this machine reach it?", why)
}

// authorization is the header for the user and the password of an address, which the address
// no longer has.
func authorization(socket string) (bare string, header http.Header) {
	u, err := url.Parse(socket)
	if err != nil || u.User == nil {
		return socket, nil
	}
	password, _ := u.User.Password()
	given := base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))
	u.User = nil
	return u.String(), http.Header{"Authorization": {"Basic " + given}}
}
