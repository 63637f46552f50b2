package reference

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Of returns the CORS of a policy. An error is an [*adapter.RefusedError]. A regular
// expression that cannot be read is a panic, as with [regexp.MustCompile].
func Of(p contract.Policy) (CORS, error) {
	c := CORS{
		Credentials: p.Credentials != nil && *p.Credentials,
		Methods:     upper(p.Methods), RequestHeaders: p.RequestHeaders, ExposeHeaders: p.ExposeHeaders,
		MaxAge: p.MaxAge,
	}
	if c.Credentials && p.Origins.Mode == contract.AnyOrigin {
		return c, &adapter.RefusedError{Text: "every origin with credentials: any page would read as the signed-in user"}
	}
	matchers, err := matchersOf(p.Origins)
	c.Allows = func(origin string) bool {
		return slices.ContainsFunc(matchers, func(m matcher) bool { return m(origin) })
	}
	return c, err
}

// upper writes methods as browsers send them.
// https://fetch.spec.whatwg.org/#concept-method-normalize
func upper(methods contract.Names) contract.Names {
	var list contract.Names
	for _, m := range methods {
		list = append(list, strings.ToUpper(m))
	}
	return list
}

// matcher says whether a part of a configuration means an origin.
type matcher func(origin string) bool

// matchersOf returns a matcher for each part of the configuration.
func matchersOf(o contract.Origins) ([]matcher, error) {
	var list []matcher
	if o.Mode == contract.AnyOrigin {
		list = append(list, func(origin string) bool { return origin != "" })
	}
	if o.AllowNull {
		list = append(list, func(origin string) bool { return origin == "null" })
	}
	for _, value := range o.Values {
		switch o.Mode {
		case contract.Regex:
			list = append(list, regexp.MustCompile("^(?:"+value+")$").MatchString) // a part of an origin is no match
			continue
		case contract.Subdomains:
			value = strings.ReplaceAll(value, "://", "://*.")
		}
		m, err := matcherOf(value)
		if err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return list, nil
}

// written is an origin in a configuration, or * in place of the first label: the children
// of a host.
var written = regexp.MustCompile(`^([a-z]+://)([*][.])?([a-z0-9.:-]+)$`)

// matcherOf returns the matcher of an origin or of the children of a host. What no browser
// sends as an Origin is refused, but for upper-case letters, which are normalised.
// https://fetch.spec.whatwg.org/#origin-header
func matcherOf(value string) (matcher, error) {
	parts := written.FindStringSubmatch(strings.ToLower(value))
	if parts == nil {
		return nil, &adapter.RefusedError{Text: fmt.Sprintf("%q is no origin: want https://app.example or, for all children of a host, https://*.example", value)}
	}
	scheme, host := parts[1], parts[3]
	if parts[2] == "" {
		return func(origin string) bool { return origin == scheme+host }, nil
	}
	return func(origin string) bool {
		return strings.HasPrefix(origin, scheme) && strings.HasSuffix(origin, "."+host)
	}, nil
}
