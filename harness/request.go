package harness

import (
	"cmp"
	"strings"
	"time"
)

// Request is a question: may the page at From read what URL answers?
//
//	harness.Request{From: "https://app.example.com", URL: "https://api.example.com/v1", Method: "PUT"}
//
// The zero value of every field but From and URL is what a browser does when a
// script leaves the option out. A Request is data: it can be copied and varied,
// printed whole, and sent to the page as JSON.
type Request struct {
	_ [0]func() // keyed literals only, and room for new fields

	// From is the origin of the page that asks: scheme, host and port, such as
	// "https://app.example.com" or "http://localhost:3000"; or one of
	// [OpaqueOrigin], [DataPage] and [FilePage]. Its site is never contacted. The origin of
	// an app or an extension, such as "capacitor://localhost", is asked on the wire: see
	// [Request.OnTheWire].
	From string `json:"from"`

	// Within is the origin of the page that shows the page at From in a frame. Empty
	// means that the page at From is not in a frame. A frame at OpaqueOrigin is
	// sandboxed. Browsers key cookies and caches by the site of the outermost page.
	// https://html.spec.whatwg.org/multipage/browsers.html#top-level-site
	Within string `json:"within,omitempty"`

	// OpaqueScheme is the scheme that the page at OpaqueOrigin came by, "https" or
	// "http", which decides whether it is a secure context and what is mixed content.
	// Empty means the scheme of Within, or https where there is none.
	// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
	OpaqueScheme string `json:"opaqueScheme,omitempty"`

	// FrameAllow is the attribute allow of the frame, such as "loopback-network":
	// what the page at Within lets the page at From use. Empty means that the frame has
	// no such attribute: in most features, local network access among them, a frame of
	// another origin then has no part.
	// https://w3c.github.io/webappsec-permissions-policy/#iframe-allow-attribute
	FrameAllow string `json:"frameAllow,omitempty"`

	// PagePath is the path of the page at From, with its query, such as "/shop/?id=7": a
	// part of the referrer of its requests. Empty means "/".
	// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
	PagePath string `json:"pagePath,omitempty"`

	// WithinPath and WithinHeaders are the path and further headers of the page at
	// Within, as PagePath and PageHeaders are of the page at From. Its
	// Permissions-Policy and its embedder policy also hold for the frame.
	WithinPath    string `json:"withinPath,omitempty"`
	WithinHeaders Header `json:"withinHeaders,omitempty"`

	// Document is the document that asks, where the page at From has made it itself: in a
	// frame at about:srcdoc, at about:blank or at a blob: URL. It inherits the page's
	// origin. Empty means the page itself.
	// https://html.spec.whatwg.org/multipage/document-sequences.html#determining-the-origin
	Document Document `json:"document,omitempty"`

	// ExtensionKey is the key in the manifest of the extension that the page at From belongs
	// to: the key makes the id. With it, the page is one of an extension in a Chrome of its
	// own, without permissions for hosts. Empty, where From begins with
	// chrome-extension://, means that the question is asked on the wire.
	// https://developer.chrome.com/docs/extensions/reference/manifest/key
	ExtensionKey string `json:"extensionKey,omitempty"`

	// PageHeaders are further headers of the document at From, such as
	// Content-Security-Policy, Cross-Origin-Embedder-Policy or Referrer-Policy.
	// https://html.spec.whatwg.org/multipage/browsers.html#policy-containers
	PageHeaders Header `json:"pageHeaders,omitempty"`

	// WorkerHeaders are further headers of the script of the worker that Where names: a
	// worker has the policies of its script and not those of the page. At an opaque
	// origin the script is a blob, which has the policies of the page and no headers.
	// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
	WorkerHeaders Header `json:"workerHeaders,omitempty"`

	// WorkerPath is the path of the script of a dedicated or a shared worker, with its
	// query: the referrer of its requests. Empty means a path of ours.
	WorkerPath string `json:"workerPath,omitempty"`

	// WorkerScript is the kind of URL that the script of a dedicated or a shared worker
	// has. Empty means a URL of the page's origin, or [BlobScript] where the page has an
	// opaque origin.
	WorkerScript WorkerScript `json:"workerScript,omitempty"`

	// Controller is the service worker that controls the page and answers its requests. The
	// zero value is a page without one.
	Controller Controller `json:"controller,omitzero"`

	// URL is what is asked for. It is absolute.
	URL string `json:"url"`

	// Specifier is the bare specifier that the page imports, such as "lodash": its import map
	// sends the specifier to URL, and has Integrity for it. Empty means that the page imports
	// URL itself. It is for ViaImport and ViaModule.
	// https://html.spec.whatwg.org/multipage/webappapis.html#import-maps
	Specifier string `json:"specifier,omitempty"`

	// Hint is a link in the page that loads URL before the script asks. The zero value is a
	// page without one.
	Hint Hint `json:"hint,omitzero"`

	// Method is sent as written; the browser itself puts only DELETE, GET, HEAD,
	// OPTIONS, POST and PUT in upper case. Empty means GET.
	// https://fetch.spec.whatwg.org/#concept-method-normalize
	Method string `json:"method,omitempty"`

	// Headers are set by the script, in this order, duplicates included. A page
	// cannot set a forbidden request-header (Cookie, Origin, ...): the browser
	// drops it silently, and [Script.Dropped] lists it.
	// https://fetch.spec.whatwg.org/#forbidden-request-header
	Headers Header `json:"headers,omitempty"`

	// Body is what the script sends. See [Text], [JSON], [Form], [Multipart] and [Bytes].
	Body Body `json:"body,omitzero"`

	// Credentials says whether cookies, client certificates and HTTP authentication
	// are sent. Empty means same-origin.
	// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
	Credentials Credentials `json:"credentials,omitempty"`

	// Mode is the request's mode. Empty means cors.
	// https://fetch.spec.whatwg.org/#concept-request-mode
	Mode Mode `json:"mode,omitempty"`

	// Redirect is the request's redirect mode. Empty means follow.
	// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
	Redirect Redirect `json:"redirect,omitempty"`

	// Cache is the request's cache mode. A target that is not on the fixture
	// network is asked with every cache of the browser off, unless Cache is set.
	// https://fetch.spec.whatwg.org/#concept-request-cache-mode
	Cache Cache `json:"cache,omitempty"`

	// ReferrerPolicy is the request's referrer policy. Empty means the policy of the page.
	// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
	ReferrerPolicy ReferrerPolicy `json:"referrerPolicy,omitempty"`

	// Referrer is the option referrer of fetch(): a URL of the page's origin, absolute or
	// relative to the page. In place of a URL of another origin, browsers take the page's
	// own. Empty leaves the option out.
	// https://fetch.spec.whatwg.org/#dom-requestinit-referrer
	Referrer string `json:"referrer,omitempty"`

	// Keepalive lets the request outlive its page. [ViaKeepalive] is short for it.
	// https://fetch.spec.whatwg.org/#request-keepalive-flag
	Keepalive bool `json:"keepalive,omitempty"`

	// Priority is the option priority of fetch(). Empty leaves the option out.
	Priority Priority `json:"priority,omitempty"`

	// AbortAfter is when the script gives the request up, after its call of fetch() or
	// send(), in whole milliseconds. Zero means never.
	// https://dom.spec.whatwg.org/#abortcontroller
	AbortAfter time.Duration `json:"abortAfter,omitempty"`

	// TimeoutAfter is the time that the script gives the request: AbortSignal.timeout() of
	// fetch(), and the property timeout of XMLHttpRequest, in whole milliseconds. Zero
	// means no limit of the script's own.
	// https://xhr.spec.whatwg.org/#the-timeout-attribute
	TimeoutAfter time.Duration `json:"timeoutAfter,omitempty"`

	// XHR are options of XMLHttpRequest alone.
	XHR XHR `json:"xhr,omitzero"`

	// Integrity is the hash that the response must have, such as "sha256-...".
	// https://w3c.github.io/webappsec-subresource-integrity/
	Integrity string `json:"integrity,omitempty"`

	// TargetAddressSpace is the address space that the page names for the server: the option
	// targetAddressSpace of fetch(). Empty leaves the option out.
	// https://wicg.github.io/local-network-access/#integration-with-fetch
	TargetAddressSpace AddressSpace `json:"targetAddressSpace,omitempty"`

	// Where is the environment that the script runs in. Empty means the page itself, or
	// what Via implies: see [Request.EffectiveWhere].
	Where Where `json:"where,omitempty"`

	// Via is the means by which the script asks. Empty means [ViaFetch].
	Via Via `json:"via,omitempty"`

	// AddressSpace is where the page itself was loaded from, which decides
	// whether local network access is checked. Empty means: what the host of
	// From implies (localhost, the fixture network and files are loopback, a
	// private address is local, everything else is public).
	// https://wicg.github.io/local-network-access/#ip-address-space-section
	AddressSpace AddressSpace `json:"addressSpace,omitempty"`

	// Moment is when in the life of the page the script asks. Empty means at once, while
	// the page stays open.
	Moment Moment `json:"moment,omitempty"`

	// Before are questions that are asked first, one after the other, in the same profile:
	// to log in, to load an image, to fill the preflight cache. A question outside of a
	// [Profile] then gets a fresh one. The browser's caches are on. What became of each is
	// in [Observation.Before].
	Before []Request `json:"before,omitempty"`

	// Beside are questions that are asked at the same time as this one, in the same
	// profile, each from a page in a tab of its own. Nothing orders them: to log in first,
	// use Before. A question outside of a [Profile] then gets a fresh one. The browser's
	// caches are on. What became of each is in [Observation.Beside].
	Beside []Request `json:"beside,omitempty"`

	// DryRun lets only the preflight leave the browser. The request itself is
	// stopped when Chrome is about to send it: see [Exchange.Withheld]. The verdict
	// is then about the preflight alone, and Readable means that the request would
	// have been sent. Only fetch and XMLHttpRequest in a page can have it. The questions of
	// Before are sent, unless they have a DryRun of their own.
	DryRun bool `json:"dryRun,omitempty"`

	// WhatIf are edits of the answers to this question: Chrome judges the edited answers in
	// place of what the server sent, so that a remedy can be tried before it is made. The
	// verdict then says what would be, never what is. The server gets the same requests as
	// without edits, with one exception: a request whose preflight passes only by an edit is
	// sent, unless DryRun holds it back. The caches are off.
	WhatIf []Edit `json:"whatIf,omitempty"`
}

// The From of pages whose origin is opaque: their requests say Origin: null.
// https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque
const (
	// OpaqueOrigin is the From of a sandboxed document.
	OpaqueOrigin = "null"
	// DataPage is the From of a document in a data: URL. It is no secure context.
	DataPage = "data:"
	// FilePage is the From of a document that was opened from a file.
	FilePage = "file:"
)

// WorkerScript is a kind of URL of a worker's script.
type WorkerScript string

// The kinds of URL of a worker's script, beside one of the page's origin. A worker of
// either has the policies of the page, and no headers of its own.
// https://html.spec.whatwg.org/multipage/workers.html#initialize-worker-policy-container
const (
	// BlobScript is a blob: URL. The worker has the page's origin.
	BlobScript WorkerScript = "blob"
	// DataScript is a data: URL. The worker has an opaque origin: its requests say
	// Origin: null. https://html.spec.whatwg.org/multipage/workers.html#set-up-a-worker-environment-settings-object
	DataScript WorkerScript = "data"
)

// workerScript is the kind of URL of the worker's script, empty for one of the page's
// origin, and where there is no worker.
func (r Request) workerScript() WorkerScript {
	if r.WorkerScript == "" && opaque(r.From) && r.EffectiveWhere() != WhereWindow {
		return BlobScript
	}
	return r.WorkerScript
}

// opaque says whether a From stands for an opaque origin.
func opaque(from string) bool { return from == OpaqueOrigin || from == DataPage || from == FilePage }

// origin is the origin of the script that asks, serialized.
func (r Request) origin() string {
	if opaque(r.From) || r.WorkerScript == DataScript {
		return OpaqueOrigin
	}
	return r.From
}

// opaqueScheme is the scheme that the page came by if it is at OpaqueOrigin.
func (r Request) opaqueScheme() string {
	scheme, _, _ := strings.Cut(r.Within, "://")
	return cmp.Or(r.OpaqueScheme, scheme, "https")
}

// Credentials is a credentials mode.
type Credentials string

// The credentials modes.
const (
	Omit       Credentials = "omit"
	SameOrigin Credentials = "same-origin"
	Include    Credentials = "include"
)

// Mode is a request mode that a script can choose.
type Mode string

// The modes.
const (
	CORS           Mode = "cors"
	NoCORS         Mode = "no-cors"
	SameOriginOnly Mode = "same-origin"
)

// Redirect is a redirect mode.
type Redirect string

// The redirect modes.
const (
	RedirectFollow Redirect = "follow"
	RedirectError  Redirect = "error"
	RedirectManual Redirect = "manual"
)

// Cache is a cache mode.
type Cache string

// The cache modes.
const (
	CacheDefault      Cache = "default"
	CacheNoStore      Cache = "no-store"
	CacheReload       Cache = "reload"
	CacheNoCache      Cache = "no-cache"
	CacheForceCache   Cache = "force-cache"
	CacheOnlyIfCached Cache = "only-if-cached"
)

// AddressSpace is an IP address space, named as in the DevTools Protocol.
type AddressSpace string

// The address spaces.
const (
	SpaceLoopback AddressSpace = "Loopback"
	SpaceLocal    AddressSpace = "Local"
	SpacePublic   AddressSpace = "Public"
)

// ReferrerPolicy is a referrer policy.
type ReferrerPolicy string

// The referrer policies.
const (
	NoReferrer                  ReferrerPolicy = "no-referrer"
	NoReferrerWhenDowngrade     ReferrerPolicy = "no-referrer-when-downgrade"
	SameOriginReferrer          ReferrerPolicy = "same-origin"
	OriginReferrer              ReferrerPolicy = "origin"
	StrictOrigin                ReferrerPolicy = "strict-origin"
	OriginWhenCrossOrigin       ReferrerPolicy = "origin-when-cross-origin"
	StrictOriginWhenCrossOrigin ReferrerPolicy = "strict-origin-when-cross-origin"
	UnsafeURL                   ReferrerPolicy = "unsafe-url"
)
