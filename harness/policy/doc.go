// Package policy says who may read what of a server, with what, and raises the
// probes that hold the server to it.
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
// A [Policy] is plain data and can be written in Go as well. It asks nobody: that
// is for who runs its probes.
//
// # Absent
//
// A field that is absent is inherited by a resource from the policy, and where
// that has none it is not judged: no probe is raised for it. An empty list is not
// absent: it allows nothing. So a resource cannot take back what it inherits, only
// say otherwise. Origins are the exception: without them there is nobody to ask
// as, and a policy that asks nothing would always hold, so they are wanted.
//
// # Faults
//
// What cannot be read, what no browser can do, and what nobody can have meant are
// faults alike: any origin with credentials, null with credentials, an origin with
// a path, a method in lower case, a header that no page can set. A server that does
// such things is to be found by a probe, not asked for by a policy. All faults are
// said at once, and none of them tells a secret: a value is quoted as it is
// written, before ${VARS} are replaced; the values of headers and cookies to ask
// with, of keys named like secrets, and passwords in URLs are hidden in excerpts
// too. Where the YAML itself is broken, everything is hidden from the first such
// place on.
//
// # Probes
//
// Every allowed origin is asked as, and the first of them stands for all where
// methods, headers, errors and caches are concerned: the product of all would be
// thousands of questions for each resource. The names of pages that must not read
// end in .test, which nobody owns. A header to ask with is left out where the
// policy does not allow it; strangers ask with the headers and without, because a
// preflight that refuses a header says nothing of the simple request. GET, HEAD and
// POST are never refused for their method, so leaving them out raises no probe.
// https://fetch.spec.whatwg.org/#cors-safelisted-method
//
// Some behaviours are not raised, and their rows in [behaviour.All] say why: they
// need a route made for them, they are about a library and its options, or they are
// about a header whose effect in a browser another behaviour judges. A missing Vary
// shows in K06, K56 and K57. A response that no cache keeps makes K56 and K57 hold
// whatever else it says, and so does a path that answers both of its slashes K64.
// Max-Age is asked within the time and not after it: nobody wants to wait.
//
// # YAML
//
// The library is go.yaml.in/yaml/v4, the YAML organization's own: its nodes have
// lines and columns, its errors have both ends of what is broken, it keeps
// duplicate keys for us to say, and it needs nothing else. github.com/goccy/go-yaml
// draws excerpts, but would draw secrets with them; its parser lets unknown aliases
// pass, stops at a list as a key, and is three times slower on 10,000 resources. Values
// are read from nodes by tables of keys and not by reflection, so that one fault
// does not hide the next. Merge keys (<<) are not read: resources inherit.
package policy
