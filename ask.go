package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// asking is what the flags of ask say.
type asking struct {
	browserFlags
	request   harness.Request
	headers   []string
	body      bodyFlags
	method    string
	creds     string
	mode      string
	redirect  string
	cache     string
	referrer  string
	via       string
	pageSpace string
	target    string
	page      []string
	json      bool
	example   bool
}

func askCommand() *cobra.Command {
	a := &asking{}
	c := &cobra.Command{
		Use:   "ask URL --from ORIGIN",
		Short: "Ask one question and show what the script, the browser and the server saw",
		Long: `ask opens a page at ORIGIN, lets its script ask for URL as the flags say, and
prints the transcript: every exchange with the headers that decided, what the
script saw, the console, what it means and what to do about it.

The page is stood in for: ORIGIN's site is never contacted. The request under test
goes to the real server, unaltered.

Exit status: 0 readable (or opaque, with --mode no-cors or --redirect manual; or,
with --dry-run, the request would have been sent), 1 blocked, 2 the question is wrong, 3 no verdict. What an element loads without
the attribute crossorigin (--mode cors sets it) is opaque: that is what was asked.`,
		Example: `  corsproof ask --example
  corsproof ask http://localhost:8000/ --from https://app.example.com
  corsproof ask http://localhost:8000/ --from null
  corsproof ask https://api.example.com/v1 --from https://app.example.com \
      --method PUT --header "Authorization: Bearer $TOKEN" --body-json '{"a":1}'
  corsproof ask https://api.example.com/me --from https://app.example.com --credentials include --json
  corsproof ask https://api.example.com/v1/1 --from https://app.example.com --method DELETE --dry-run
  corsproof ask https://cdn.example.com/font.woff2 --from https://app.example.com --via font
  corsproof ask https://api.example.com/me --from https://app.example.com --via service-worker
  corsproof ask https://api.example.com/me --from https://widget.example.com --within https://shop.example.com
  corsproof ask https://api.example.com/me --from https://app.example.com \
      --page-header "Content-Security-Policy: connect-src 'self'"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if a.example {
				return a.runExample(c, args)
			}
			return a.run(c.Context(), args)
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	a.addFlags(c)
	return c
}

func (a *asking) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&a.request.From, "from", "", `the origin of the page that asks, such as https://app.example.com, or "null" (sandboxed), "data:" or "file:"`)
	f.StringVarP(&a.method, "method", "X", "", "the method (default GET, or POST with a body)")
	f.StringArrayVarP(&a.headers, "header", "H", nil, `a header that the script sets, as "Name: value"; may be repeated`)
	a.body.add(c)
	choiceVar(c, &a.creds, "credentials", "", "the credentials mode (default same-origin)", "omit", "same-origin", "include")
	choiceVar(c, &a.mode, "mode", "", "the request mode (default cors)", "cors", "no-cors", "same-origin")
	choiceVar(c, &a.redirect, "redirect", "", "the redirect mode (default follow)", "follow", "error", "manual")
	choiceVar(c, &a.cache, "cache", "", "the cache mode (default: all caches off)", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
	choiceVar(c, &a.referrer, "referrer-policy", "", "the referrer policy (default: the page's)", "no-referrer", "no-referrer-when-downgrade", "same-origin",
		"origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
	f.StringVar(&a.request.Integrity, "integrity", "", "the hash that the response must have, such as sha256-...")
	choiceVar(c, &a.target, "target-address-space", "", "where the page says that the server is", spaces...)
	choiceVar(c, &a.via, "via", "", "how the page asks (default fetch): "+strings.Join(initiators(), ", "), initiators()...)
	choiceVar(c, &a.pageSpace, "page-address-space", "", "where the page was loaded from (default: what the host of --from implies)", spaces...)
	f.StringArrayVar(&a.page, "page-header", nil, `a header of the page itself, such as "Content-Security-Policy: connect-src 'self'"; may be repeated`)
	f.StringVar(&a.request.Within, "within", "", "the origin of a page that shows the one at --from in a frame")
	f.BoolVar(&a.request.DryRun, "dry-run", false, "send the preflight alone: the request is stopped when Chrome is about to send it")
	f.BoolVar(&a.json, "json", false, "print one JSON document instead of the transcript")
	f.BoolVar(&a.example, "example", false, "ask an example server of our own: a question that is blocked, and its remedy")
	a.browserFlags.add(c)
	_ = c.RegisterFlagCompletionFunc("from", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("header", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("method", cobra.FixedCompletions(
		[]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, cobra.ShellCompDirectiveNoFileComp))
}

// initiators are the values of --via.
func initiators() []string {
	var list []string
	for _, via := range harness.Initiators() {
		list = append(list, string(via))
	}
	return list
}

// run asks and prints.
func (a *asking) run(ctx context.Context, args []string) error {
	if err := a.readRequest(args); err != nil {
		return usage(err)
	}
	chrome, closeTrace, err := a.browser()
	if err != nil {
		return err
	}
	seen, err := a.ask(ctx, chrome)
	err = errors.Join(err, chrome.Close(), closeTrace())
	if a.json {
		if failed := printJSON(seen, err); failed != nil {
			return noAnswer(failed)
		}
	}
	if err != nil {
		return failure(ctx, err)
	}
	if !a.json {
		if err := printTranscript(seen); err != nil {
			return noAnswer(err)
		}
	}
	if seen.Verdict == harness.Blocked || (seen.Verdict == harness.Opaque && !wantsOpaque(a.request)) {
		return &exit{status: exitBlocked}
	}
	return nil
}

// ask asks the one question.
func (a *asking) ask(ctx context.Context, chrome *harness.Browser) (harness.Observation, error) {
	defer progress("asking Chrome ...")()
	if err := chrome.Start(ctx); err != nil {
		return harness.Observation{Request: a.request}, err
	}
	return chrome.Fetch(ctx, a.request)
}

// readRequest reads the flags into the request, and finds all faults at once.
func (a *asking) readRequest(args []string) error {
	var faults []error
	if len(args) == 1 {
		a.request.URL = args[0]
	}
	var err error
	if a.request.Headers, err = headerLines("header", a.headers); err != nil {
		faults = append(faults, err)
	}
	if a.request.PageHeaders, err = headerLines("page-header", a.page); err != nil {
		faults = append(faults, err)
	}
	body, err := a.body.read()
	if err != nil {
		faults = append(faults, err)
	}
	a.request.Body = body
	a.request.Method = a.method
	if a.method == "" && body.Kind != "" {
		a.request.Method = "POST"
	}
	a.request.Credentials = harness.Credentials(a.creds)
	a.request.Mode = harness.Mode(a.mode)
	a.request.Redirect = harness.Redirect(a.redirect)
	a.request.Cache = harness.Cache(a.cache)
	a.request.Via = harness.Via(a.via)
	a.request.ReferrerPolicy = harness.ReferrerPolicy(a.referrer)
	a.request.AddressSpace, a.request.TargetAddressSpace = addressSpace(a.pageSpace), addressSpace(a.target)
	return errors.Join(errors.Join(faults...), a.request.Validate())
}

// headerLines reads "Name: value" arguments of a flag.
func headerLines(flag string, lines []string) (harness.Header, error) {
	var header harness.Header
	var faults []error
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			name, _, _ = strings.Cut(line, " ") // the rest may be a secret
			faults = append(faults, fmt.Errorf("%s %q: no colon, want \"Name: value\"", flag, name))
			continue
		}
		header = append(header, harness.Field{Name: name, Value: strings.Trim(value, " \t")})
	}
	return header, errors.Join(faults...)
}

// spaces are the address spaces as flags have them.
var spaces = []string{"loopback", "local", "public"}

// addressSpace is the word of the DevTools Protocol for one of them.
func addressSpace(word string) harness.AddressSpace {
	if word == "" {
		return ""
	}
	return harness.AddressSpace(strings.ToUpper(word[:1]) + word[1:])
}

// wantsOpaque says whether an opaque response is all that was asked for.
func wantsOpaque(r harness.Request) bool {
	return r.Mode == harness.NoCORS || r.Redirect == harness.Manual || (r.Mode == "" && !r.Via.Fetches())
}

// failure gives an error its exit status.
func failure(ctx context.Context, err error) error {
	var fault *harness.FaultError
	var known *exit
	switch {
	case errors.As(err, &known): // from the flags: it has its status
		return err
	case errors.As(err, &fault), errors.Is(err, harness.ErrFlag):
		return usage(err)
	case ctx.Err() != nil:
		return noAnswer(errors.New("interrupted: no verdict"))
	}
	return noAnswer(err)
}

// printTranscript prints for a person.
func printTranscript(seen harness.Observation) error {
	style := harness.PlainText
	if colors() {
		style = harness.ANSIColors
	}
	text := seen.Transcript().Text(style, 0)
	if s := otherwise(seen); s != nil {
		text += "\n\n" + s.String()
	}
	_, err := fmt.Println(text)
	return err
}

// printJSON prints one document: the observation, what the standard says where
// that is something else, and the error where there is one.
func printJSON(seen harness.Observation, failed error) error {
	observed, err := json.Marshal(seen)
	if err != nil {
		return err
	}
	more := struct {
		Standard *standard `json:"standard"`
		Error    string    `json:"error,omitempty"`
	}{}
	if failed != nil {
		more.Error = failed.Error()
	} else {
		more.Standard = otherwise(seen)
	}
	added, err := json.Marshal(more)
	if err != nil {
		return err
	}
	document := slices.Concat(observed[:len(observed)-1], []byte(","), added[1:])
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(json.RawMessage(document))
}
