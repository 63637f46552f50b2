package broken

import (
	"regexp"
	"strings"

	"github.com/corsproof/corsproof/harness/conform/contract"
	"github.com/corsproof/corsproof/servers/reference"
)

// takes is a library that takes a configuration which the reference library refuses, and
// compares with it in a way of its own.
func takes(alike func(written, origin string) bool) wrong {
	return wrong{
		policy: func(p *contract.Policy) { p.Origins = contract.Origins{Mode: contract.NoOrigin} },
		cors: func(c *reference.CORS, p contract.Policy) {
			values := p.Origins.Values
			if p.Origins.Mode == contract.AnyOrigin {
				values = []string{"*"}
			}
			c.Allows = func(origin string) bool { return origin != "" && alike(strings.Join(values, ""), origin) }
		},
	}
}

// literally compares with what was written.
func literally(written, origin string) bool { return written == origin }

// configurations are libraries that take a mistake in a configuration.
func configurations() []Library {
	return []Library{
		{
			Name: "any-creds", Title: "takes * with credentials, and sends back whatever origin asks",
			Teaches:  "Browsers refuse * with credentials, so the library helps. Any site reads as the signed-in user.",
			Policies: words("any-creds star-creds"), Caught: words("K26 K27"),
			wrong: takes(func(written, _ string) bool { return written == "*" }),
		},
		{
			Name: "open", Title: "sends back whatever origin asks until somebody configures it",
			Teaches:  "It works at once, and stays so.",
			Policies: words("unconfigured"), Caught: words("K28"),
			wrong: wrong{cors: func(c *reference.CORS, _ contract.Policy) {
				c.Allows, c.Credentials = func(origin string) bool { return origin != "" }, true
			}},
		},
		{
			Name: "everything", Title: "takes a pattern that matches everything with credentials",
			Teaches:  "The library refuses * with credentials, and https://* is another spelling of it.",
			Policies: words("everything"), Caught: words("K30"),
			wrong: takes(func(written, origin string) bool { return strings.HasPrefix(origin, strings.TrimSuffix(written, "*")) }),
		},
		{
			Name: "lower-case", Title: "takes methods in lower case and sends them so",
			Teaches:  "Methods are compared as they are written: put is not PUT.",
			Policies: words("lower-case"), Caught: words("K45"),
			wrong: wrong{cors: func(c *reference.CORS, p contract.Policy) { c.Methods = p.Methods }},
		},
		{
			Name: "takes-slash", Title: "takes an origin with a slash after it, which never matches",
			Teaches:  "It was copied from the address bar. Nothing says that it can never match.",
			Policies: words("slash"), Caught: words("K68"),
			wrong: takes(literally),
		},
		{
			Name: "takes-upper-case", Title: "takes an origin with upper-case letters, which never matches",
			Teaches:  "Browsers send a host in lower case.",
			Policies: words("upper-case"), Caught: words("K69"),
			wrong: takes(literally),
		},
		{
			Name: "takes-no-scheme", Title: "takes a host without a scheme, with every scheme and everything before it",
			Teaches:  "The end of the origin is compared, so that http and https both match.",
			Policies: words("no-scheme"), Caught: words("K70"),
			wrong: takes(func(written, origin string) bool { return strings.HasSuffix(origin, written) }),
		},
		{
			Name: "takes-glob", Title: "makes a regular expression of a glob, and escapes nothing",
			Teaches:  "* becomes .*, a dot stays any character, and the end is open.",
			Policies: words("glob"), Caught: words("K71"),
			wrong: takes(func(written, origin string) bool {
				return regexp.MustCompile("^" + strings.ReplaceAll(written, "*", ".*")).MatchString(origin)
			}),
		},
		{
			Name: "takes-empty", Title: "takes an empty string for the beginning of every origin",
			Teaches:  "A variable that is not set opens the server to everybody.",
			Policies: words("empty"), Caught: words("K72"),
			wrong: takes(func(written, origin string) bool { return strings.HasPrefix(origin, written) }),
		},
		{
			Name: "takes-comma", Title: "takes a list in one string, which never matches",
			Teaches:  "A variable holds one string, and the option wants a list.",
			Policies: words("comma"), Caught: words("K73"),
			wrong: takes(literally),
		},
		{
			Name: "takes-unanchored", Title: "looks for a regular expression anywhere in the origin",
			Teaches:  "Many engines search where people think that they match.",
			Policies: words("unanchored"), Caught: words("K74"),
			wrong: takes(func(written, origin string) bool { return regexp.MustCompile(written).MatchString(origin) }),
		},
	}
}
