package webserver

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

// Copied are the values that someone puts into a recipe that was copied. An empty value
// keeps what the recipe says.
type Copied struct {
	_ [0]func()

	Any bool
	// Origins are the origins as they stand in the policy, with null. Patterns are regular
	// expressions for them, without anchors, as in most of the copied recipes, and Pattern
	// is one for all.
	Origins, Patterns []string
	Pattern           string

	Credentials                      bool
	Methods, Headers, Expose, MaxAge string
}

// CopiedPattern fills in a recipe that compares the origin with a regular expression, with
// *Copied.
func CopiedPattern(p contract.Policy) (any, []string, error) {
	if p.Origins.Mode == contract.NoOrigin {
		return nil, nil, nil // nobody copies a recipe then
	}
	return NewCopied(p), nil, nil
}

// CopiedList fills in a recipe that compares the origin with strings, with *Copied.
func CopiedList(p contract.Policy) (any, []string, error) {
	if mode := p.Origins.Mode; mode == contract.Regex || mode == contract.Subdomains {
		return nil, nil, adapter.Unsupported("origins.mode=" + string(mode))
	}
	return CopiedPattern(p)
}

// NewCopied are the values for a policy.
func NewCopied(p contract.Policy) *Copied {
	c := &Copied{
		Any:         p.Origins.Mode == contract.AnyOrigin,
		Origins:     append([]string{}, p.Origins.Values...),
		Patterns:    patterns(p),
		Credentials: p.Credentials != nil && *p.Credentials,
		Methods:     strings.Join(p.Methods, ", "),
		Headers:     strings.Join(p.RequestHeaders, ", "),
		Expose:      strings.Join(p.ExposeHeaders, ", "),
	}
	c.Pattern = "(" + strings.Join(c.Patterns, "|") + ")"
	if p.Origins.AllowNull {
		c.Origins = append(c.Origins, "null")
	}
	if p.MaxAge != nil {
		c.MaxAge = strconv.Itoa(*p.MaxAge)
	}
	return c
}

// patterns are the alternatives of the regular expression. The strings of a verbatim
// policy stay as they are.
func patterns(p contract.Policy) []string {
	all := append([]string{}, p.Origins.Values...)
	for i, v := range all {
		scheme, host, _ := strings.Cut(v, "://")
		switch {
		case p.Kind == contract.Verbatim || p.Origins.Mode == contract.Regex:
		case p.Origins.Mode == contract.Subdomains:
			all[i] = scheme + `://.*\.` + regexp.QuoteMeta(host)
		default:
			all[i] = regexp.QuoteMeta(v)
		}
	}
	if p.Origins.AllowNull {
		all = append(all, "null")
	}
	return all
}
