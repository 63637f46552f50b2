package harness

import "strings"

// specifierFaults names a specifier that no import map is for, and what has no import map.
// https://html.spec.whatwg.org/multipage/webappapis.html#resolve-a-module-specifier
func (r Request) specifierFaults(fault func(field, value, problem string, args ...any)) {
	bare := func(text string) bool {
		return !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "./") && !strings.HasPrefix(text, "../") && !strings.Contains(text, ":")
	}
	switch {
	case r.Specifier == "":
	case r.Via != ViaImport && r.Via != ViaModule:
		fault("Specifier", r.Specifier, "only a module is imported by a specifier: it is for via %s and via %s", ViaImport, ViaModule)
	case r.EffectiveWhere() != WhereWindow:
		fault("Specifier", r.Specifier, "a worker has no import map: remove Where")
	case !bare(r.Specifier):
		fault("Specifier", r.Specifier, "want a bare specifier, such as lodash: a URL or a path needs no import map")
	}
}
