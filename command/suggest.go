package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// meant are flags of other programs, mostly of curl, and what they are called here.
var meant = map[string]string{
	"origin": "--from", "o": "--from", "referer": "--referrer", "e": "--referrer", "data": "--body", "data-raw": "--body", "data-binary": "--body-file", "d": "--body",
	"json": "--body-json", "F": "--body-multipart", "form": "--from, or --body-multipart for a form", "data-urlencode": "--body-form", "b": "--cookie", "cookies": "--cookie",
	"cookie-jar": "--storage-state", "c": "--storage-state", "u": "--http-user", "user": "--http-user", "k": "--ca FILE, which trusts one certificate more",
	"insecure": "--ca FILE, which trusts one certificate more", "cacert": "--ca", "ignore-certificate-errors": "--ca FILE, which trusts one certificate more",
	"m": "--timeout", "max-time": "--timeout", "I": "--method HEAD", "head": "--method HEAD", "type": "--via", "with-credentials": "--credentials include",
	"withCredentials": "--credentials include", "headless": "--visible, for a window", "headed": "--visible", "initiator": "--via", "no-cors": "--mode no-cors",
	"preflight": "--dry-run, which sends the preflight alone",
}

// needless are flags of curl that need no counterpart, and why.
var needless = map[string]string{
	"v": "the transcript shows every exchange", "verbose": "the transcript shows every exchange", "i": "the transcript shows the headers that decide",
	"include": "the transcript shows the headers that decide", "L": "a browser follows redirects by default (--redirect)",
	"location": "a browser follows redirects by default (--redirect)", "s": "only the answer goes to standard output", "silent": "only the answer goes to standard output",
	"compressed": "a browser decompresses by default", "x": "the proxy comes from the environment variables HTTPS_PROXY, HTTP_PROXY, NO_PROXY",
	"proxy": "the proxy comes from the environment variables HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "A": "no page can set User-Agent for every browser: give --header",
	"user-agent": "give --header 'User-Agent: ...'",
}

// flagFault says what may have been meant where a flag is unknown.
func flagFault(c *cobra.Command, err error) error {
	if !c.HasParent() && c.Flags().NArg() > 0 { // the flags are of the verb that is not there
		return unknownVerb(c, c.Flags().Args())
	}
	hint := fmt.Sprintf("see: %s --help", c.CommandPath())
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if said := meantBy(c, unknown.GetSpecifiedName()); said != "" {
			return usage(fmt.Errorf("%w: %s\n%s", err, said, hint))
		}
	}
	return usage(fmt.Errorf("%w\n%s", err, hint))
}

// meantBy says what an unknown flag may mean, or is empty.
func meantBy(c *cobra.Command, name string) string {
	if why, ok := needless[name]; ok {
		return why + ", so remove the flag"
	}
	if flag, ok := meant[name]; ok && c.Flags().Lookup(firstName(flag)) != nil {
		return "did you mean " + flag + "?"
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	for name, flag := range meant {
		if len(name) > 3 && c.Flags().Lookup(firstName(flag)) != nil {
			names = append(names, name)
		}
	}
	near := nearest(name, names)
	for i, name := range near {
		near[i] = cmp.Or(meant[name], "--"+name)
	}
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, ", or ") + "?"
}

// nearest are the words that a word was probably meant to be, one edit away or, where there is
// none, two. Cobra guesses verbs: it takes the words for verbs.
func nearest(word string, words []string) []string {
	if len(word) < 3 {
		return nil
	}
	root := &cobra.Command{}
	for _, w := range words {
		root.AddCommand(&cobra.Command{Use: w, Run: func(*cobra.Command, []string) {}})
	}
	for root.SuggestionsMinimumDistance = 1; root.SuggestionsMinimumDistance <= 2; root.SuggestionsMinimumDistance++ {
		if near := root.SuggestionsFor(word); len(near) > 0 {
			slices.Sort(near)
			return near[:min(len(near), 3)]
		}
	}
	return nil
}

// firstName is the name of the flag that a text begins with.
func firstName(text string) string {
	name, _, _ := strings.Cut(strings.TrimLeft(text, "-"), " ")
	return strings.TrimSuffix(name, ",")
}

// unknownVerb says what may have been meant where the first argument is no verb: a URL is
// asked, a file is a policy.
func unknownVerb(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return c.Help()
	}
	word := args[0]
	hint := fmt.Sprintf("see: %s --help", c.CommandPath())
	var verbs []string
	for _, sub := range c.Commands() {
		verbs = append(verbs, sub.Name())
	}
	switch near := nearest(word, verbs); {
	case isPaste(strings.Join(args, " ")) && (isPaste(word) || !looksLikeURL(word)) && len(near) == 0:
		hint = fmt.Sprintf("did you mean: %s diagnose, and then this text in quotes", c.CommandPath())
		word, _, _ = strings.Cut(word, " ")
	case looksLikeURL(word):
		hint = fmt.Sprintf("did you mean: %s ask %s", c.CommandPath(), strings.Join(args, " "))
	case strings.HasSuffix(word, ".yaml"), strings.HasSuffix(word, ".yml"):
		hint = fmt.Sprintf("did you mean: %s verify %s", c.CommandPath(), strings.Join(args, " "))
	case len(near) > 0:
		hint = fmt.Sprintf("did you mean: %s %s", c.CommandPath(), strings.Join(append(near[:1], args[1:]...), " "))
	}
	return usage(fmt.Errorf("there is no verb %q\n%s", word, hint))
}

// looksLikeURL says whether a person means an address.
func looksLikeURL(word string) bool {
	host, _, _ := strings.Cut(word, "/")
	return strings.Contains(word, "://") || strings.HasPrefix(host, "localhost") || strings.Contains(host, ".") && strings.Contains(word, "/")
}
