package given

import (
	"errors"
	"slices"
	"testing"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/adapter"
)

func TestListAndWildcards(t *testing.T) {
	t.Parallel()
	o := contract.Origins{Values: []string{"https://a.test", "https://b.test:8443"}, AllowNull: true}
	if got := List(o); !slices.Equal(got, []string{"https://a.test", "https://b.test:8443", "null"}) {
		t.Errorf("list is %q", got)
	}
	if got := Wildcards(o); !slices.Equal(got, []string{"https://*.a.test", "https://*.b.test:8443"}) {
		t.Errorf("wildcards are %q", got)
	}
	if o.Values[0] != "https://a.test" || len(o.Values) != 2 {
		t.Errorf("the policy has become %q", o.Values)
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	if got := Seconds(nil, -1); got != 0 {
		t.Errorf("absent: %d", got)
	}
	if got := Seconds(new(0), -1); got != -1 {
		t.Errorf("0: %d", got)
	}
	if got := Seconds(new(600), -1); got != 600 {
		t.Errorf("600: %d", got)
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	policy := func(kind contract.Kind, mode contract.Mode, values ...string) contract.Policy {
		return contract.Policy{Kind: kind, Origins: contract.Origins{Mode: mode, Values: values}}
	}
	for _, c := range []struct {
		policy            contract.Policy
		yes, no           string
		before, condition string
	}{
		{policy(contract.Intent, contract.NoOrigin), "", "https://a.test", "", "false"},
		{
			policy(contract.Intent, contract.Subdomains, "https://a.test"), "https://x.a.test", "http://x.a.test", "",
			`strings.HasPrefix(origin, "https://") && strings.HasSuffix(origin, ".a.test")`,
		},
		{
			policy(contract.Intent, contract.Subdomains, "https://a.test", "http://b.test"), "http://x.b.test", "https://x.b.test", "",
			`strings.HasPrefix(origin, "https://") && strings.HasSuffix(origin, ".a.test") || strings.HasPrefix(origin, "http://") && strings.HasSuffix(origin, ".b.test")`,
		},
		{policy(contract.Intent, contract.Regex, `^https://a\.test$`), "https://a.test", "https://a.test.evil.test", "pattern := regexp.MustCompile(`^https://a\\.test$`)", "pattern.MatchString(origin)"},
		{policy(contract.Intent, contract.Regex, "^a$", "^b$"), "b", "ab", "pattern := regexp.MustCompile(`(?:^a$)|(?:^b$)`)", "pattern.MatchString(origin)"},
	} {
		f, err := Judge(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		if c.yes != "" && !f.Allows(c.yes) || f.Allows(c.no) || f.Allows("https://a.test.evil.test") {
			t.Errorf("%+v: wrong about %q, %q", c.policy.Origins, c.yes, c.no)
		}
		if f.Before != c.before || f.Condition != c.condition {
			t.Errorf("%+v: the text is %q, %q", c.policy.Origins, f.Before, f.Condition)
		}
	}
	var unsupported *adapter.UnsupportedError
	if _, err := Judge(policy(contract.Verbatim, contract.Regex, "a")); !errors.As(err, &unsupported) || unsupported.Fields[0] != "origins.mode=regex" {
		t.Errorf("a verbatim regular expression: %v", err)
	}
	if _, err := Judge(policy(contract.Intent, contract.Regex, "(")); err == nil || errors.As(err, &unsupported) {
		t.Errorf("a regular expression that does not parse: %v", err)
	}
	if f := Exactly("https://a.test", Null); !f.Allows("null") || f.Allows("https://b.test") || f.Condition != `origin == "https://a.test" || origin == "null"` {
		t.Errorf("exactly: %q", f.Condition)
	}
}

func TestMissingNames(t *testing.T) {
	t.Parallel()
	var m Missing
	if got := m.Names("methods", contract.Names{"GET"}); !slices.Equal(got, []string{"GET"}) || m != nil {
		t.Errorf("GET: %q, missing %q", got, m)
	}
	if got := m.Names("methods", contract.Names{"*"}); got != nil || !slices.Equal(m, []string{"methods"}) {
		t.Errorf("any: %q, missing %q", got, m)
	}
}

func TestLayersAndShown(t *testing.T) {
	t.Parallel()
	if Layers(contract.Policy{}) != 1 || Layers(contract.Policy{Layers: contract.BothLayers}) != 2 {
		t.Error("wrong number of layers")
	}
	if got := Shown(contract.Policy{}, "C", "M"); got != nil {
		t.Errorf("shown: %q", got)
	}
	if got := Shown(contract.Policy{Credentials: new(false), MaxAge: new(0)}, "C", "M"); !slices.Equal(got, []string{"C", "M"}) {
		t.Errorf("shown: %q", got)
	}
}
