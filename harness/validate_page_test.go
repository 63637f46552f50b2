package harness

import (
	"strings"
	"testing"
)

func TestImpossiblePages(t *testing.T) {
	csp := Header{{"Content-Security-Policy", "connect-src 'self'"}}
	for name, c := range map[string]struct {
		request Request
		problem string // empty: no problem
	}{
		"a page with a policy":                 {Request{From: "https://app.test", PageHeaders: csp}, ""},
		"a sandboxed frame":                    {Request{From: OpaqueOrigin, Within: "https://app.test"}, ""},
		"a data: frame":                        {Request{From: DataPage, Within: "https://app.test"}, ""},
		"a file":                               {Request{From: FilePage}, ""},
		"a worker in a frame":                  {Request{From: "https://app.test", Within: "https://other.test", Via: ViaWorker}, ""},
		"a page with a length":                 {Request{From: "https://app.test", PageHeaders: Header{{"content-length", "3"}}}, `page header "content-length": it is about the bytes`},
		"a page with a bad header name":        {Request{From: "https://app.test", PageHeaders: Header{{"a b", "3"}}}, `page header "a b": a header name`},
		"a file with a policy":                 {Request{From: FilePage, PageHeaders: csp}, "a document at file: has no headers"},
		"a file from the local network":        {Request{From: FilePage, AddressSpace: SpaceLocal}, "a document at file: cannot have another value"},
		"a file in a frame":                    {Request{From: FilePage, Within: "https://app.test"}, "can show a file"},
		"in a frame of an opaque origin":       {Request{From: "https://app.test", Within: OpaqueOrigin}, "want the origin of a page"},
		"in a frame of an invalid origin":      {Request{From: "https://app.test", Within: "app.example.com"}, "did you mean https://app.example.com?"},
		"a shared worker of an opaque origin":  {Request{From: OpaqueOrigin, Via: ViaSharedWorker}, "has no shared workers"},
		"a service worker of an opaque origin": {Request{From: DataPage, Via: ViaServiceWorker}, "has no service workers"},
		"a service worker in a frame":          {Request{From: "https://app.test", Within: "https://other.test", Via: ViaServiceWorker}, "is not in a frame"},
		"a service worker with a policy":       {Request{From: "https://app.test", PageHeaders: csp, Via: ViaServiceWorker}, "does not have the policies of a page"},
		"an image with a referrer policy":      {Request{From: "https://app.test", ReferrerPolicy: NoReferrer, Via: ViaImage}, "img has no such option"},
		"an image with a hash":                 {Request{From: "https://app.test", Integrity: "sha256-x", Via: ViaImage}, "img has no such option"},
		"a stream by XMLHttpRequest":           {Request{From: "https://app.test", Body: Stream("x"), Via: ViaXHR}, "xhr has no such option"},
		"an unknown referrer policy":           {Request{From: "https://app.test", ReferrerPolicy: "sometimes"}, "want no-referrer, no-referrer-when-downgrade"},
		"a frame that may":                     {Request{From: "https://app.test", Within: "https://other.test", FrameAllow: "loopback-network"}, ""},
		"no frame that may":                    {Request{From: "https://app.test", FrameAllow: "loopback-network"}, "give Within (--within) too"},
		"a sandboxed page over http":           {Request{From: OpaqueOrigin, OpaqueScheme: "http"}, ""},
		"a sandboxed frame over https":         {Request{From: OpaqueOrigin, OpaqueScheme: "https", Within: "http://app.test"}, ""},
		"a sandboxed page over ftp":            {Request{From: OpaqueOrigin, OpaqueScheme: "ftp"}, `opaquescheme "ftp": want http or https`},
		"a data: page over http":               {Request{From: DataPage, OpaqueScheme: "http"}, "this option is for a page at null"},
		"a page with two schemes":              {Request{From: "https://app.test", OpaqueScheme: "http"}, "the page at https://app.test has its own scheme"},
		"a sandboxed frame that is mixed":      {Request{From: OpaqueOrigin, OpaqueScheme: "http", Within: "https://app.test"}, "shows no frame that comes over http"},
		"a worker with a policy":               {Request{From: "https://app.test", WorkerHeaders: csp, Via: ViaWorker}, ""},
		"a service worker's own policy":        {Request{From: "https://app.test", WorkerHeaders: csp, Via: ViaServiceWorker}, ""},
		"a page with a worker's policy":        {Request{From: "https://app.test", WorkerHeaders: csp}, "there is no worker"},
		"a blob with a policy":                 {Request{From: OpaqueOrigin, WorkerHeaders: csp, Via: ViaWorker}, "is made from a blob"},
		"a script with a length":               {Request{From: "https://app.test", WorkerHeaders: Header{{"content-length", "3"}}, Via: ViaWorker}, "about the bytes of the script"},
	} {
		c.request.URL = "https://api.test/"
		err := c.request.Validate()
		switch {
		case c.problem == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("%s: %v, want %s", name, err, c.problem)
		case err != nil && strings.Contains(err.Error(), "\n"):
			t.Errorf("%s: more than one fault: %v", name, err)
		}
	}
}
