package webserver

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Rules are a policy as a configuration needs it.
type Rules struct {
	_ [0]func()

	// Any sends Access-Control-Allow-Origin: *. Otherwise either Origins are compared byte
	// for byte, or Patterns are regular expressions; both are empty if no origin may read.
	Any               bool
	Origins, Patterns []string

	// Credentials allows credentials. It is false with Any, whatever the policy says: no
	// origin may read with credentials where the answer is *, and an answer that repeats
	// every origin would let any site act as the user.
	// https://fetch.spec.whatwg.org/#cors-protocol-and-credentials
	Credentials bool

	// Methods, Headers, Expose and MaxAge are the values of response headers, or "".
	Methods, Headers, Expose, MaxAge string

	// RepeatMethod and RepeatHeaders allow the names that the preflight asks for: with
	// credentials, * is no wildcard.
	// https://fetch.spec.whatwg.org/#http-access-control-allow-methods
	RepeatMethod, RepeatHeaders bool
	// ExposeAll asks for the names of all response headers, for the same reason. Most
	// servers cannot list them: Correct says that this field is unsupported.
	ExposeAll bool
}

// Varies says whether the answer depends on the origin.
func (r *Rules) Varies() bool { return len(r.Origins)+len(r.Patterns) > 0 }

// Correct fills in a recipe that implements a policy exactly, with *Rules.
func Correct(p contract.Policy) (any, []string, error) {
	r := NewRules(p)
	if r.ExposeAll {
		return r, []string{"exposeHeaders"}, nil
	}
	return r, nil, nil
}

// NewRules are the rules of a policy.
func NewRules(p contract.Policy) *Rules {
	r := &Rules{Any: p.Origins.Mode == contract.AnyOrigin}
	r.setOrigins(p.Origins)
	r.Credentials = p.Credentials != nil && *p.Credentials && !r.Any
	r.Methods = strings.Join(p.Methods, ", ")
	r.Headers = strings.Join(p.RequestHeaders, ", ")
	r.Expose = strings.Join(p.ExposeHeaders, ", ")
	if p.MaxAge != nil {
		r.MaxAge = strconv.Itoa(*p.MaxAge)
	}
	switch {
	case r.Credentials:
		r.RepeatMethod, r.RepeatHeaders, r.ExposeAll = p.Methods.Any(), p.RequestHeaders.Any(), p.ExposeHeaders.Any()
		if r.ExposeAll {
			r.Expose = ""
		}
	case p.RequestHeaders.Any():
		// The wildcard does not cover Authorization.
		// https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name
		r.Headers = "*, Authorization"
	}
	return r
}

func (r *Rules) setOrigins(o contract.Origins) {
	switch o.Mode {
	case contract.List:
		r.Origins = o.Values
	case contract.Regex:
		r.Patterns = o.Values
	case contract.Subdomains:
		for _, v := range o.Values {
			scheme, host, _ := strings.Cut(v, "://")
			r.Patterns = append(r.Patterns, "^"+scheme+"://[a-z0-9-]+\\."+regexp.QuoteMeta(host)+"$")
		}
	}
	if !o.AllowNull {
		return
	}
	if len(r.Patterns) > 0 {
		r.Patterns = append(r.Patterns, "^null$")
	} else {
		r.Origins = append(r.Origins[:len(r.Origins):len(r.Origins)], "null")
	}
}
