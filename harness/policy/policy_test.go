package policy

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/corsproof/corsproof/harness"
)

// example is the policy of the manual.
const example = `target: https://api.acme.com
origins: [https://app.acme.com]      # or any, none, {subdomains: [https://acme.com]}; allowNull: true lets opaque origins in
credentials: true
methods: [GET, PUT]
requestHeaders: [Authorization, Content-Type]
exposeHeaders: [X-Total]
maxAge: 600
resources:                           # paths with rules of their own; the rest is inherited
  - path: /v1/me
  - path: /public/status
    origins: any
    credentials: false
ask:                                 # how to ask
  headers: {Authorization: "Bearer ${API_TOKEN}"}
  unsafe: preflight                  # default: an unsafe method never leaves the browser; or: send
  rate: 10/s
`

// token knows API_TOKEN.
func token(name string) (string, bool) { return "s3cret", name == "API_TOKEN" }

func TestResolved(t *testing.T) {
	p := Policy{
		Target: "https://api.acme.com",
		Rules: Rules{
			Origins: Origins{List: []string{"https://app.acme.com"}}, AllowNull: new(false), Credentials: new(true),
			Methods: Names{"GET"}, RequestHeaders: Names{"X-A"}, ExposeHeaders: Names{"X-B"}, MaxAge: new(5),
		},
		Resources: []Resource{
			{Path: "/all"},
			{Path: "/none", Rules: Rules{
				Origins: Origins{None: true}, AllowNull: new(true), Credentials: new(false),
				Methods: Names{}, RequestHeaders: Names{}, ExposeHeaders: Names{}, MaxAge: new(0),
			}},
		},
	}
	got := p.Resolved()
	if !reflect.DeepEqual(got[0].Rules, p.Rules) {
		t.Errorf("inherited: %+v, want %+v", got[0].Rules, p.Rules)
	}
	if !reflect.DeepEqual(got[1], p.Resources[1]) {
		t.Errorf("its own: %+v, want %+v", got[1], p.Resources[1])
	}
	p.Resources = nil
	if got := p.Resolved(); len(got) != 1 || got[0].Path != "/" || !reflect.DeepEqual(got[0].Rules, p.Rules) {
		t.Errorf("without resources: %+v", got)
	}
}

// A new field must be inherited, too.
func TestEveryRuleIsInherited(t *testing.T) {
	var above Rules
	fill(reflect.ValueOf(&above).Elem())
	if got := (Rules{}).over(above); !reflect.DeepEqual(got, above) {
		t.Errorf("over: %+v, want %+v", got, above)
	}
}

// fill gives every field a value.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Pointer:
			f.Set(reflect.New(f.Type().Elem()))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
		case reflect.Struct:
			f.FieldByName("Any").SetBool(true)
		}
	}
}

func TestAbsentIsNotEmpty(t *testing.T) {
	for _, c := range []struct {
		text string
		want Names
	}{
		{"", nil},
		{"methods: []\n", Names{}},
		{"methods: any\n", Names{Wildcard}},
		{"methods: [PUT]\n", Names{"PUT"}},
	} {
		p, err := Parse("p.yaml", []byte("target: https://a.test\norigins: any\n"+c.text), nil)
		if err != nil || !reflect.DeepEqual(p.Methods, c.want) {
			t.Errorf("%q: %#v, %v; want %#v", c.text, p.Methods, err, c.want)
		}
	}
}

// Parse reads what MarshalJSON writes.
func TestJSON(t *testing.T) {
	for _, p := range []Policy{
		{Target: "https://a.test", Rules: Rules{Origins: Origins{Any: true}}},
		{Target: "https://a.test", Rules: Rules{Origins: Origins{None: true}}},
		{Target: "https://a.test", Rules: Rules{Origins: Origins{List: []string{}}, Methods: Names{}}},
		{Target: "https://a.test", Rules: Rules{Origins: Origins{Subdomains: []string{"https://b.test"}}, AllowNull: new(true), ExposeHeaders: Names{Wildcard}}},
		{Target: "https://a.test", Rules: Rules{Origins: Origins{List: []string{"https://b.test"}, Subdomains: []string{"https://c.test", "https://d.test"}, written: []member{{at: "[0]"}, {at: "[1].subdomains[0]"}, {at: "[1].subdomains[1]"}}}}},
		{Target: "https://a.test", Rules: Rules{Origins: Origins{Any: true}, Errors: new(false), Redirects: new(true)}},
		{
			Target: "https://a.test",
			Rules:  Rules{Origins: Origins{List: []string{"https://b.test"}}, Credentials: new(true), Methods: Names{"PUT"}, RequestHeaders: Names{"X-A"}, MaxAge: new(0)},
			Resources: []Resource{
				{Path: "/a", Rules: Rules{Credentials: new(false)}},
				{Path: "/b?c=d", Rules: Rules{MaxAge: new(7), AllowNull: new(false)}},
			},
			Ask: Ask{Headers: harness.Header{{Name: "X-A", Value: "1"}}, Unsafe: SendUnsafe, Rate: Rate{100, time.Minute}, Concurrency: 3, TimeLimit: 90 * time.Second},
		},
	} {
		document, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse("p.json", document, nil)
		got.lines = nil
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Errorf("%s:\n%+v, %v\nwant\n%+v", document, got, err, p)
		}
	}
}

func TestStructsAreClosed(t *testing.T) {
	for _, v := range []any{Policy{}, Origins{}, Probe{}, Step{}} {
		if reflect.TypeOf(v).Field(0).Type != reflect.TypeFor[[0]func()]() {
			t.Errorf("%T can be written without keys: a new field would break it", v)
		}
	}
}
