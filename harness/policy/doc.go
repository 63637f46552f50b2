// Package policy describes who may read what of a server, with what, and raises the
// probes that check the server.
//
//	p, err := policy.Read("policy.yaml")
//	if err != nil {
//		return err // all faults at once, with file, line, column and a caret
//	}
//	probes, err := p.Probes()
//	for _, probe := range probes {
//		fmt.Println(probe.ID, probe.Title)
//	}
//
// A [Policy] is plain data and can be written in Go as well. It sends no request: package
// verify runs its probes.
//
// # Absent
//
// A resource inherits each absent field from the policy. A field that is absent in both
// is not judged: no probe is raised for it. Errors and redirects are judged unless the policy
// says false: a server that answers them without the headers of CORS is the usual surprise.
// An empty list is not absent: it allows nothing. So a resource cannot remove a field that it inherits, but only give another
// value. Origins are the exception. They are required, because without them no page could
// ask, and a policy without probes would always hold.
//
// # Faults
//
// A fault is a text that cannot be read, a rule that no browser can follow, or a rule
// that cannot be meant: any origin with credentials, null with credentials, an origin
// with a path, a method in lower case, a header that no page can set. A server that does
// such things is found by a probe; a policy cannot ask for them. All faults are returned
// at once, and no fault contains a secret. A value is quoted as it is written, before
// ${VARS} are replaced. Excerpts also hide the values of headers and cookies that a run
// sends, values under keys named like secrets, and passwords in URLs. Where the YAML
// itself is broken, everything is hidden from the first such place on.
//
// # Probes
//
// A probe asks from every allowed origin. For methods, headers, errors and caches the
// first allowed origin stands for all: otherwise each resource would need thousands of
// questions. The names of pages that must not read end in .test, which nobody owns. A
// header under ask is left out where the policy does not allow it. Strangers ask with the
// headers and without, because a preflight that refuses a header says nothing about the
// simple request. GET, HEAD and POST are never refused for their method, so a policy that
// does not list them raises no probe.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
//
// For {subdomains: [https://acme.com]}, also written https://*.acme.com, one child asks, such
// as https://child.acme.com. Whether https://acme.com itself and children of children may
// read is not judged: list the first where it matters, [https://acme.com,
// https://*.acme.com]. Every member of a list has look-alikes of its own; a look-alike that
// another member lets in is not asked.
//
// An origin of an app, such as capacitor://localhost, is asked on the wire, and the title of
// the probe says so: Chrome cannot have such a page. Where one page stands for all, a page
// of the web does; an app is asked nothing about caches.
//
// Some behaviours are not raised, and their rows in [behaviour.All] say why: they need a
// route made for them, they are about a library and its options, or they are about a
// header whose effect in a browser another behaviour judges. A missing Vary shows in K06,
// K56 and K57. K56 and K57 hold for every response that no cache keeps, and K64 holds for
// a path that answers with and without a final slash. Max-Age is asked within its time
// and not after it: the wait would be too long.
//
// # YAML
//
// The library is go.yaml.in/yaml/v4, the YAML organization's own: its nodes have lines
// and columns, its errors have both ends of the broken text, it keeps duplicate keys so
// that we can report them, and it has no dependencies. github.com/goccy/go-yaml draws
// excerpts, but would draw secrets with them; its parser accepts unknown aliases, stops
// at a list as a key, and is three times slower on 10,000 resources. Values are read from
// nodes by tables of keys and not by reflection, so that one fault does not hide the
// next. Merge keys (<<) are not read: resources inherit.
package policy
