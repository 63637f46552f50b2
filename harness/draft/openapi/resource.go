package openapi

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/corsproof/corsproof/harness/draft"
	"github.com/corsproof/corsproof/harness/internal/web"
	"github.com/corsproof/corsproof/harness/oracle"
	"github.com/corsproof/corsproof/harness/policy"
)

// resource makes a resource of a path, or a comment where it cannot be asked as it is.
func (r *reader) resource(template string, item *openapi3.PathItem, seen map[string]bool) {
	operations := r.here(item)
	rules := r.rules(item, operations)
	path, by, missing := fill(r.prefix+template, parametersOf(item, operations))
	own := policy.Resource{Path: path, Rules: rules}
	why := ""
	switch problem := draft.PathProblem(path); {
	case len(operations) == 0:
		why = "It has no operation that a page could use on this server."
	case missing != "":
		why = fmt.Sprintf("The parameter %s has no example and no default: write a value that the server knows.", missing)
	case problem != "":
		why = "A policy cannot have this path: " + problem + "."
	case seen[path]:
		why = "Another path is the same with its examples."
	}
	if why != "" {
		own.Path = r.prefix + template
		r.draft.Left = append(r.draft.Left, draft.Left{Resource: own, Why: why})
		return
	}
	seen[path] = true
	r.draft.Policy.Resources = append(r.draft.Policy.Resources, own)
	if by != "" {
		r.draft.Paths[path] = template + ", " + by
	}
}

// here are the operations of a path on the target, by their methods.
func (r *reader) here(item *openapi3.PathItem) map[string]*openapi3.Operation {
	list := map[string]*openapi3.Operation{}
	for method, o := range item.Operations() {
		if o == nil || !usable(method) {
			continue
		}
		servers := item.Servers
		if o.Servers != nil {
			servers = *o.Servers
		}
		if len(servers) == 0 || r.isTarget(servers) {
			list[method] = o
		}
	}
	return list
}

// usable says whether a page can use the method. OPTIONS is what answers preflights.
// https://fetch.spec.whatwg.org/#forbidden-method
func usable(method string) bool {
	return method != "OPTIONS" && strings.ToUpper(method) == method && web.IsToken(method) && !web.IsForbiddenMethod(method)
}

// isTarget says whether one of the servers is the target.
func (r *reader) isTarget(servers openapi3.Servers) bool {
	return slices.ContainsFunc(servers, func(s *openapi3.Server) bool {
		_, u, ok := serverURL(s, r.draft.Policy.Target+r.prefix)
		return ok && u.Origin().String() == r.draft.Policy.Target && strings.TrimSuffix(u.Path, "/") == r.prefix
	})
}

// rules are what the operations of a path say.
func (r *reader) rules(item *openapi3.PathItem, operations map[string]*openapi3.Operation) policy.Rules {
	said := saying{headers: draft.HeaderNames{}, exposed: draft.HeaderNames{}}
	methods := policy.Names{}
	for _, method := range slices.Sorted(maps.Keys(operations)) {
		o := operations[method]
		methods = append(methods, method)
		for _, p := range append(slices.Clone(item.Parameters), o.Parameters...) {
			said.parameter(p)
		}
		said.body(o.RequestBody)
		said.responses(o.Responses)
		security := r.doc.Security
		if o.Security != nil {
			security = *o.Security
		}
		for _, requirement := range security {
			for name := range requirement {
				if kind := said.scheme(r.scheme(name)); kind != "" {
					r.kinds[kind] = true
				}
			}
		}
	}
	return policy.Rules{Credentials: new(said.cookies), Methods: methods, RequestHeaders: said.headers.Sorted(), ExposeHeaders: said.exposed.Sorted()}
}

// scheme is a security scheme of the document, nil where it has none of that name.
func (r *reader) scheme(name string) *openapi3.SecurityScheme {
	if r.doc.Components == nil || r.doc.Components.SecuritySchemes[name] == nil {
		return nil
	}
	return r.doc.Components.SecuritySchemes[name].Value
}

// saying collects what operations say. References that lead
// nowhere have no value.
type saying struct {
	headers, exposed draft.HeaderNames
	cookies          bool
}

// header adds a request header, unless no page can set it or it needs no permission.
// https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names
func (s *saying) header(name, value string) {
	if web.IsToken(name) && !web.IsForbiddenRequestHeader(name, "") && !oracle.CORSSafelistedRequestHeader(name, value) {
		s.headers.Add(name)
	}
}

// parameter adds a parameter of an operation.
// https://spec.openapis.org/oas/v3.1.1.html#parameter-object
func (s *saying) parameter(p *openapi3.ParameterRef) {
	switch {
	case p == nil || p.Value == nil:
	case p.Value.In == openapi3.ParameterInHeader:
		s.header(p.Value.Name, "")
	case p.Value.In == openapi3.ParameterInCookie:
		s.cookies = true
	}
}

// body adds Content-Type, where a body has a type that needs permission.
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
func (s *saying) body(b *openapi3.RequestBodyRef) {
	if b == nil || b.Value == nil {
		return
	}
	for kind := range b.Value.Content {
		s.header(web.NameContentType, kind)
	}
}

// responses adds the headers of all responses.
func (s *saying) responses(list *openapi3.Responses) {
	if list == nil {
		return
	}
	all := list.Map()
	for _, status := range slices.Sorted(maps.Keys(all)) { // of several spellings of a name the first stays
		response := all[status]
		if response == nil || response.Value == nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(response.Value.Headers)) {
			if web.IsToken(name) && !web.IsAccessControl(name) && !web.IsForbiddenResponseHeaderName(name) && !web.IsCORSSafelistedResponseHeaderName(name) {
				s.exposed.Add(name)
			}
		}
	}
}

// scheme adds what a security scheme sends, and names its kind.
// https://spec.openapis.org/oas/v3.1.1.html#security-scheme-object
func (s *saying) scheme(scheme *openapi3.SecurityScheme) (kind string) {
	switch {
	case scheme == nil:
		return ""
	case scheme.Type == "apiKey" && scheme.In == openapi3.ParameterInCookie:
		s.cookies = true
		return "a cookie"
	case scheme.Type == "apiKey" && scheme.In == openapi3.ParameterInHeader:
		s.header(scheme.Name, "")
		return "the header " + scheme.Name
	case scheme.Type == "mutualTLS":
		s.cookies = true
		return "a client certificate"
	case scheme.Type == "http", scheme.Type == "oauth2", scheme.Type == "openIdConnect":
		s.header(web.NameAuthorization, "")
		return "the header Authorization"
	}
	return ""
}

// parametersOf are the parameters of a path and of its operations in order.
func parametersOf(item *openapi3.PathItem, operations map[string]*openapi3.Operation) openapi3.Parameters {
	list := slices.Clone(item.Parameters)
	for _, method := range slices.Sorted(maps.Keys(operations)) {
		list = append(list, operations[method].Parameters...)
	}
	return list
}

// placeholder is a parameter in a path.
var placeholder = regexp.MustCompile(`\{[^{}/]*\}`)

// fill puts values into a path. by says which, and missing names the first parameter without
// one.
func fill(template string, list openapi3.Parameters) (path, by, missing string) {
	var said []string
	path = placeholder.ReplaceAllStringFunc(template, func(found string) string {
		name := strings.Trim(found, "{}")
		for _, p := range list {
			if p == nil || p.Value == nil || p.Value.In != openapi3.ParameterInPath || p.Value.Name != name {
				continue
			}
			if value, from := valueOf(p.Value); value != "" {
				said = append(said, fmt.Sprintf("where %s is %s, by its %s", name, value, from))
				return url.PathEscape(value)
			}
		}
		if missing == "" {
			missing = name
		}
		return found
	})
	return path, strings.Join(said, ", "), missing
}

// valueOf is a value of a parameter, and where the document has it.
func valueOf(p *openapi3.Parameter) (value, from string) {
	values := []struct {
		from  string
		value any
	}{{"example", p.Example}}
	for _, name := range slices.Sorted(maps.Keys(p.Examples)) {
		if e := p.Examples[name]; e != nil && e.Value != nil {
			values = append(values, struct {
				from  string
				value any
			}{"example", e.Value.Value})
		}
	}
	if p.Schema != nil && p.Schema.Value != nil {
		s := p.Schema.Value
		for _, list := range []struct {
			from   string
			values []any
		}{{"example", append([]any{s.Example}, s.Examples...)}, {"default", []any{s.Default}}, {"only value", []any{s.Const}}, {"first value", s.Enum}} {
			for _, v := range list.values {
				values = append(values, struct {
					from  string
					value any
				}{list.from, v})
			}
		}
	}
	for _, v := range values {
		if text := textOf(v.value); text != "" {
			return text, v.from
		}
	}
	return "", ""
}

// textOf is a value as a path has it, empty where it is no text, number or truth value.
func textOf(value any) string {
	switch v := value.(type) {
	case nil, []any, map[string]any:
		return ""
	case string:
		return v
	default:
		text, err := json.Marshal(v) // %v would write a large number with an exponent
		if err != nil {
			return ""
		}
		return strings.Trim(string(text), `"`)
	}
}

// explain says where each field comes from, and what is assumed.
func (r *reader) explain(f File) {
	d, p := &r.draft, &r.draft.Policy
	d.Head = "What an OpenAPI file says of " + p.Target + ".\n" +
		"It says what the server offers, and not what pages of other sites should use: read it, and cut it down. A removed line is not judged. Then:\n  corsproof verify FILE"
	if len(r.others) > 0 {
		d.Why["target"] = "Other servers of the file: " + strings.Join(r.others[:min(len(r.others), 10)], ", ") + "."
	}
	d.Why["origins"] = "The origins of the pages that may read."
	if f.From == "" {
		d.Why["origins"] = "An OpenAPI file does not say which pages may read. Write their origins in place of none:\norigins: [https://app.example.com]"
	}
	d.Why["credentials"] = "May a page read with cookies? No operation of the file uses a cookie or a client certificate."
	if slices.ContainsFunc(append([]policy.Resource{{Rules: p.Rules}}, p.Resources...), func(x policy.Resource) bool { return x.Credentials != nil && *x.Credentials }) {
		d.Why["credentials"] = "Operations of the file use a cookie or a client certificate: their resources have credentials."
	}
	d.Why["methods"] = "The methods of the operations. GET, HEAD and POST need no permission."
	d.Why["requestHeaders"] = "The header parameters, Content-Type where a body has a type such as application/json, and what the security schemes send: " + r.schemes() + "."
	d.Why["exposeHeaders"] = "The headers of the responses, without the safelisted."
	d.Why["maxAge"] = "An OpenAPI file does not say how long a preflight may be kept, so maxAge is not judged. To have it judged: maxAge: 600"
	d.Why["resources"] = "The paths of the file, with the examples of their parameters. What a path does not say is as above."
	if r.unread > 0 {
		d.Why["resources"] += fmt.Sprintf(" Left out: paths after the first %d (%d).", mostPaths, r.unread)
	}
}

// schemes says what the security schemes send.
func (r *reader) schemes() string {
	if len(r.kinds) == 0 {
		return "nothing"
	}
	return strings.Join(slices.Sorted(maps.Keys(r.kinds)), ", ")
}
