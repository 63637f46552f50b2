package given

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
)

// Function judges an origin. A policy needs it where the library's list cannot say the
// same.
type Function struct {
	Allows func(origin string) bool
	// Before is the statement that a program has in front of the function, or nothing.
	Before string
	// Condition is the function's result as a program writes it.
	Condition string
}

// Nobody lets in no origin.
func Nobody() Function {
	return Function{Allows: func(string) bool { return false }, Condition: "false"}
}

// Exactly lets in these origins.
func Exactly(origins ...string) Function {
	var conditions []string
	for _, origin := range origins {
		conditions = append(conditions, fmt.Sprintf("origin == %q", origin))
	}
	return Function{
		Allows:    func(origin string) bool { return slices.Contains(origins, origin) },
		Condition: strings.Join(conditions, " || "),
	}
}

// Children lets in the children of the origins.
func Children(origins []string) Function {
	var conditions []string
	for _, origin := range origins {
		scheme, parent, _ := strings.Cut(origin, "://")
		conditions = append(conditions, fmt.Sprintf(`strings.HasPrefix(origin, %q) && strings.HasSuffix(origin, %q)`, scheme+"://", "."+parent))
	}
	return Function{
		Allows: func(origin string) bool {
			for _, o := range origins {
				scheme, parent, _ := strings.Cut(o, "://")
				if strings.HasPrefix(origin, scheme+"://") && strings.HasSuffix(origin, "."+parent) {
					return true
				}
			}
			return false
		},
		Condition: strings.Join(conditions, " || "),
	}
}

// Matching lets in the origins that match one of the regular expressions.
func Matching(expressions []string) (Function, error) {
	all := expressions[0]
	if len(expressions) > 1 {
		all = "(?:" + strings.Join(expressions, ")|(?:") + ")"
	}
	pattern, err := regexp.Compile(all)
	if err != nil {
		return Function{}, err
	}
	return Function{
		Allows:    pattern.MatchString,
		Before:    "pattern := regexp.MustCompile(`" + all + "`)",
		Condition: "pattern.MatchString(origin)",
	}, nil
}

// Judge returns the function for the policy's origins, in a library that has no other
// means for them. A policy that hands over regular expressions verbatim asks for an option
// of the library, which such a function is not.
func Judge(p contract.Policy) (Function, error) {
	switch o := p.Origins; o.Mode {
	case contract.NoOrigin:
		return Nobody(), nil
	case contract.Subdomains:
		return Children(o.Values), nil
	case contract.Regex:
		if p.Kind == contract.Intent {
			return Matching(o.Values)
		}
	}
	return Function{}, Unsupported(p)
}
