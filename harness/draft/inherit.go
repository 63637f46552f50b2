package draft

import (
	"github.com/corsproof/corsproof/harness/policy"
)

// Inherit takes out of resources what most of them have in common, as the rules that the others
// inherit. A field that a resource does not have is inherited, too.
func Inherit(resources []policy.Resource) policy.Rules {
	var top policy.Rules
	inherit(&top, resources, func(r *policy.Rules) *policy.Origins { return &r.Origins }, origins)
	inherit(&top, resources, func(r *policy.Rules) **bool { return &r.Credentials }, optional)
	inherit(&top, resources, func(r *policy.Rules) *policy.Names { return &r.Methods }, names)
	inherit(&top, resources, func(r *policy.Rules) *policy.Names { return &r.RequestHeaders }, names)
	inherit(&top, resources, func(r *policy.Rules) *policy.Names { return &r.ExposeHeaders }, names)
	return top
}

// inherit moves the most frequent value of a field to the rules above.
func inherit[T any](top *policy.Rules, resources []policy.Resource, field func(*policy.Rules) *T, text func(T) string) {
	var none T
	count := map[string]int{}
	best := ""
	for i := range resources {
		value := text(*field(&resources[i].Rules))
		if value == "" {
			continue
		}
		count[value]++
		if best == "" || count[value] > count[best] {
			best = value
			*field(top) = *field(&resources[i].Rules)
		}
	}
	for i := range resources {
		if own := field(&resources[i].Rules); best != "" && text(*own) == best {
			*own = none
		}
	}
}

// PathProblem says why a path cannot stand in a policy, and is empty where it can.
func PathProblem(path string) string {
	p := policy.Policy{Target: "https://host.test", Rules: policy.Rules{Origins: policy.Origins{None: true}}, Resources: []policy.Resource{{Path: path}}}
	for _, f := range policy.Faults(p.Validate()) {
		return f.Problem
	}
	return ""
}
