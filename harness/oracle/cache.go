package oracle

import (
	"slices"
	"time"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/internal/web"
)

// PreflightCache is the CORS-preflight cache of a browser. The zero value is empty. Use
// it from one goroutine, and for one decider: the standard keeps entries, Chrome keeps
// records.
//
// https://fetch.spec.whatwg.org/#cors-preflight-cache
type PreflightCache struct {
	entries []cacheEntry
	records map[cacheKey]preflightResult
}

// cacheKey identifies the requests that an entry serves. The URL is compared with its
// fragment.
// https://fetch.spec.whatwg.org/#concept-cache-match
type cacheKey struct {
	page, origin, url string
	// apart, in Firefox, is the credentials mode by which entries are kept apart.
	apart harness.Credentials
}

// together is the key of all entries of a URL.
func (k cacheKey) together() cacheKey {
	k.apart = ""
	return k
}

// cacheEntry allows one method, or one header name. In Firefox an entry that allows neither
// says that there was a preflight.
type cacheEntry struct {
	key            cacheKey
	credentials    bool
	method, header string
	// literal says that * is a name like others, as in Firefox.
	literal bool
	expires time.Time
}

// preflightResult is what a successful preflight allows.
type preflightResult struct {
	credentials bool
	methods     []string // as written
	names       []string // in lower case
	expires     time.Time
	literal     bool // * stands for itself
}

// methodMatch returns the index of the entry that allows a method, by its name or by *.
// It returns -1 when there is no such entry.
//
// https://fetch.spec.whatwg.org/#method-cache-entry-match
func (c *PreflightCache) methodMatch(key cacheKey, credentials harness.Credentials, method string, now time.Time) int {
	return c.match(key, credentials, now, func(e cacheEntry) bool {
		return e.method != "" && (e.method == method || e.method == "*" && !e.literal)
	})
}

// headerMatch returns the index of the entry that allows a header name; * does not allow
// Authorization.
//
// https://fetch.spec.whatwg.org/#header-name-cache-entry-match
func (c *PreflightCache) headerMatch(key cacheKey, credentials harness.Credentials, name string, now time.Time) int {
	return c.match(key, credentials, now, func(e cacheEntry) bool {
		return e.header != "" && (e.header == name || e.header == "*" && !e.literal && !web.IsNonWildcardRequestHeaderName(name))
	})
}

func (c *PreflightCache) match(key cacheKey, credentials harness.Credentials, now time.Time, allows func(cacheEntry) bool) int {
	return slices.IndexFunc(c.entries, func(e cacheEntry) bool {
		return e.key == key && (e.credentials || credentials != harness.Include) && e.expires.After(now) && allows(e)
	})
}

// create stores a result as the standard does: matching entries get the new age, and
// others are added.
// https://fetch.spec.whatwg.org/#concept-cache-create-entry
func (c *PreflightCache) create(key cacheKey, mode harness.Credentials, result preflightResult, now time.Time) {
	for _, method := range result.methods {
		if i := c.methodMatch(key, mode, method, now); i >= 0 {
			c.entries[i].expires = result.expires
			continue
		}
		c.entries = append(c.entries, cacheEntry{key, result.credentials, method, "", result.literal, result.expires})
	}
	for _, name := range result.names {
		if i := c.headerMatch(key, mode, name, now); i >= 0 {
			c.entries[i].expires = result.expires
			continue
		}
		c.entries = append(c.entries, cacheEntry{key, result.credentials, "", name, result.literal, result.expires})
	}
}

// star says whether an entry allows * by its name alone.
func (c *PreflightCache) star(key cacheKey, credentials harness.Credentials, now time.Time) bool {
	return c.match(key, credentials, now, func(e cacheEntry) bool { return e.literal && (e.method == "*" || e.header == "*") }) >= 0
}

// any says whether there is an entry, whatever it allows.
func (c *PreflightCache) any(key cacheKey, credentials harness.Credentials, now time.Time) bool {
	return c.match(key, credentials, now, func(cacheEntry) bool { return true }) >= 0
}

// holds says whether there are entries of a URL, whatever their age.
func (c *PreflightCache) holds(key cacheKey) bool {
	return slices.ContainsFunc(c.entries, func(e cacheEntry) bool { return e.key.together() == key.together() })
}

// clear drops the entries of a URL.
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *PreflightCache) clear(key cacheKey) {
	c.entries = slices.DeleteFunc(c.entries, func(e cacheEntry) bool { return e.key.together() == key.together() })
}

// longURL is the length from which Chrome caches nothing for a URL.
const longURL = 1024

// CacheHit is the branch of a request that an earlier preflight covers.
const CacheHit = "preflight cache: the request is covered"

var (
	_                 = branch(CacheHit)
	cacheMiss         = branch("preflight cache: nothing for the request")
	cacheExpired      = branch("preflight cache: expired")
	cacheInsufficient = branch("preflight cache: a record that does not cover the request")
	cacheSkipped      = branch("preflight cache: not looked at")
	cacheTooLong      = branch("preflight cache: URL too long")
	cacheCleared      = branch("preflight cache: cleared by a network error")
)

// cacheKey returns the key of the current request.
func (r *run) cacheKey() cacheKey {
	key := cacheKey{page: r.q.Request.From, origin: r.preflightOrigin(), url: urlInCache(r.current())}
	if r.rows[cacheByCredentials] && r.credentials == harness.Include {
		key.apart = r.credentials
	}
	return key
}

// urlInCache is a URL as the cache compares it.
func urlInCache(url URL) string { return url.String() + url.Fragment }

// cached says whether the preflight cache makes a preflight unnecessary.
// https://fetch.spec.whatwg.org/#http-fetch
func (r *run) cached(unsafe []string) bool {
	cache := r.q.Cache
	switch {
	case cache == nil:
		return false
	case r.deviates(cachesWholeResults):
		return r.recordCovers(unsafe)
	}
	if r.bypassesCache() && r.deviates(cacheModeSkipsCache) {
		r.take(cacheSkipped)
		return false
	}
	key := r.cacheKey()
	uncovered := func(name string) bool { return cache.headerMatch(key, r.credentials, name, r.q.Now) < 0 }
	if !slices.ContainsFunc(unsafe, uncovered) && r.methodCovered(key) {
		r.take(CacheHit)
		return true
	}
	r.take(cacheMiss)
	if with := key; key.apart == "" && r.rows[cacheByCredentials] {
		if with.apart = harness.Include; cache.any(with, harness.Include, r.q.Now) {
			r.deviates(cacheByCredentials)
		}
	}
	if cache.star(key, r.credentials, r.q.Now) {
		r.deviates(cachesStarAsName)
	}
	return false
}

// methodCovered says whether the preflight cache allows the method.
func (r *run) methodCovered(key cacheKey) bool {
	cache := r.q.Cache
	matches := cache.methodMatch(key, r.credentials, r.method, r.q.Now) >= 0
	covered := matches || CORSSafelistedMethod(r.method) && !r.usePreflight
	if !r.rows[cacheCoversSafeMethods] {
		return covered
	}
	listed := matches
	if r.method == "GET" || r.method == "POST" {
		listed = cache.any(key, r.credentials, r.q.Now)
	}
	if listed != covered {
		r.deviates(cacheCoversSafeMethods)
	}
	return listed
}

// recordCovers is Chrome's lookup. A record that does not cover the request is dropped.
func (r *run) recordCovers(unsafe []string) bool {
	if r.tainted() && r.deviates(nullIsNotCached) || r.bypassesCache() && r.deviates(cacheModeSkipsCache) {
		r.take(cacheSkipped)
		return false
	}
	key := r.cacheKey()
	records := r.records()
	record, ok := records[key]
	switch {
	case !ok:
		r.take(cacheMiss)
		return false
	case !record.expires.After(r.q.Now):
		r.take(cacheExpired)
	case r.covers(record, unsafe):
		r.take(CacheHit)
		return true
	default:
		r.take(cacheInsufficient)
	}
	delete(records, key)
	return false
}

// records returns Chrome's records. Records of an opaque origin serve only the redirects
// of one request.
func (r *run) records() map[cacheKey]preflightResult {
	if r.origin.Opaque() && r.deviates(nullIsNotCached) {
		if r.own == nil {
			r.own = map[cacheKey]preflightResult{}
		}
		return r.own
	}
	if r.q.Cache.records == nil {
		r.q.Cache.records = map[cacheKey]preflightResult{}
	}
	return r.q.Cache.records
}

// bypassesCache says whether the cache mode makes the browser skip its caches.
func (r *run) bypassesCache() bool {
	switch r.q.Request.Cache {
	case harness.CacheNoStore, harness.CacheReload:
		return true
	case harness.CacheNoCache:
		return r.q.As == Chrome
	}
	return false
}

// covers says whether a record allows the request.
func (r *run) covers(record preflightResult, unsafe []string) bool {
	if r.credentials == harness.Include && !record.credentials {
		return false
	}
	wildcard := !record.credentials && slices.Contains(record.names, "*")
	if wildcard && r.authorizationUnlisted(record.names) && r.deviates(cacheWantsAuthorization) {
		return false
	}
	return allowsMethod(record.methods, r.method, record.credentials) &&
		(wildcard || !slices.ContainsFunc(unsafe, func(name string) bool { return !slices.Contains(record.names, name) }))
}

// store keeps the result of a preflight.
func (r *run) store(result preflightResult) {
	cache := r.q.Cache
	switch {
	case cache == nil:
	case !r.deviates(cachesWholeResults):
		result.literal = r.rows[cachesStarAsName]
		cache.create(r.cacheKey(), r.credentials, result, r.q.Now)
		if r.rows[cacheCoversSafeMethods] {
			cache.entries = append(cache.entries, cacheEntry{key: r.cacheKey(), credentials: result.credentials, expires: result.expires})
		}
	case r.tainted() && r.deviates(nullIsNotCached), r.q.Request.Cache == harness.CacheNoStore && r.deviates(cacheModeSkipsCache):
		r.take(cacheSkipped)
	case len(r.cacheKey().url) >= longURL:
		r.take(cacheTooLong)
	default:
		r.records()[r.cacheKey()] = result
	}
}

// forget clears the cache when a request has failed that needed a preflight.
// https://fetch.spec.whatwg.org/#main-fetch
func (r *run) forget(failed *failure, needed bool) {
	if r.q.Cache == nil || failed == nil {
		return
	}
	key := r.cacheKey()
	if r.rows[clearsByAnswer] {
		clears, cleared := failed.reason != harness.RedirectRefused, key
		if failed.reason == harness.UnsafePort && len(r.urls) > 1 {
			cleared.url = urlInCache(r.urls[len(r.urls)-2])
		}
		if clears != needed && r.q.Cache.holds(key) || cleared != key && r.q.Cache.holds(cleared) {
			r.deviates(clearsByAnswer)
		}
		key, needed = cleared, clears
	}
	if !needed || r.deviates(failureKeepsCache) {
		return
	}
	r.take(cacheCleared)
	r.q.Cache.clear(key)
}
