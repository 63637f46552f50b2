package policy

import "fmt"

// linesOf returns the line of each resource in the source, from 1, by its path. A policy
// without resources asks for "/", and its place is that of the whole policy.
func (r *reader) linesOf(p Policy) map[string]int {
	if len(p.Resources) == 0 {
		if target := r.at["target"]; target != nil {
			return map[string]int{"/": target.Line}
		}
		return nil
	}
	lines := make(map[string]int, len(p.Resources))
	for i, resource := range p.Resources {
		if node := r.at[fmt.Sprintf("resources[%d]", i)]; node != nil {
			lines[resource.Path] = node.Line
		}
	}
	return lines
}
