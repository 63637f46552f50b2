package command

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/paste"
)

// askOptions are the options of the verbs that ask one question: ask and diagnose.
type askOptions struct {
	request requestFlags
	before  beforeFlags
	reach   reachFlags
	browser browserFlags
	paste   pasteFlags
	pasted  paste.Question // what a paste has beside the request
	file    string         // with the question
	beyond  []string       // the flags that say more than the question: see beyondQuestion
	json    bool
	example bool
	watch   watchFlags
}

// addQuestion adds the flags that give the question and what the browser holds before it.
func (o *askOptions) addQuestion(c *cobra.Command, s streams) {
	o.request.add(c)
	o.request.body.in = s.in
	o.before.add(c)
	o.reach.add(c)
	o.paste.add(c)
	c.Flags().StringVar(&o.file, "request", "", "a file with the question, as ask --json prints it (- for standard input); the flags change it")
}

// question reads the question that is given as a document, and puts the flags and the URL over
// it. What was made of an address goes to standard error.
func (o *askOptions) question(c *cobra.Command, s streams, args []string) error {
	o.beyond = beyondQuestion(c)
	argument := strings.Join(args, "")
	way, err := o.sourceOf(argument)
	if err != nil {
		return err
	}
	if way == byFlags {
		if err := fileFault(argument); err != nil {
			return err
		}
	}
	if way != byFlags {
		base, err := o.base(c.Context(), s, way, argument)
		if err != nil {
			return err
		}
		merged, err := o.request.over(c, base)
		if err != nil {
			return err
		}
		o.request = *merged
		argument = base.URL
	}
	o.request.request.URL = withScheme(argument)
	from, note := pageOrigin(o.request.request.From)
	o.request.request.From = from
	_, err = fmt.Fprint(s.err, note, misspelt(argument))
	return err
}

// base is the question of a document or of a paste, with the URL of the argument over it.
func (o *askOptions) base(ctx context.Context, s streams, way source, argument string) (harness.Request, error) {
	given, url := argument, ""
	if o.file != "" || o.paste.file != "" || o.paste.har != "" {
		given, url = "", argument
	}
	var base harness.Request
	var err error
	if way == byPaste {
		o.pasted, err = o.paste.read(ctx, s, given, o.request.request.From)
		base = o.pasted.Request
	} else {
		base, err = await(ctx, func() (harness.Request, error) { return documentOf(given, o.file, s.in) })
	}
	base.URL = cmp.Or(url, base.URL)
	return base, err
}

// prepared is the question of a command line, with what the browser holds and trusts.
type prepared struct {
	request harness.Request
	cookies []harness.SetCookie
	ca      []*x509.Certificate
}

// prepare reads the flags. Its error has all faults of the command line.
func (o *askOptions) prepare(ctx context.Context, s streams) (prepared, error) {
	request, err := await(ctx, o.request.read)
	first, firstFault := questions("first", o.before.first, request.From)
	beside, besideFault := questions("beside", o.before.beside, request.From)
	login, loginFault := o.before.login(request.URL)
	cookies, expired, cookieFault := o.before.held(request.URL)
	ca, reachFault := o.reach.read()
	if err := errors.Join(err, o.watch.fault(nil), firstFault, besideFault, cookieFault, loginFault, reachFault); err != nil {
		return prepared{}, err
	}
	if len(first) > 0 || len(login) > 0 { // in place of the questions of a document
		request.Before = append(login, first...)
	}
	if len(beside) > 0 {
		request.Beside = beside
	}
	if len(login) > 0 && (request.OnTheWire() || request.ExtensionKey != "") {
		return prepared{}, errors.New("--http-user logs in with a request of its own, which does not go together with the page of an app or with the page of an extension: remove one of the two")
	}
	if request.DryRun && len(request.Before) > 0 {
		fmt.Fprintln(s.err, "note: the questions before it are sent; --dry-run holds back the question itself")
	}
	if pasted := o.pasted.Cookies; request.OnTheWire() && len(pasted) > 0 {
		fmt.Fprintln(s.err, "note: the cookies of the paste are left out: on the wire there are none")
	} else {
		cookies = append(slices.Clone(pasted), cookies...)
	}
	if len(expired) > 0 {
		fmt.Fprintf(s.err, "note: these cookies of %s have expired, so Chrome does not hold them: %s. Log in again to renew them.\n", o.before.state, strings.Join(expired, ", "))
	}
	return prepared{request: request, cookies: cookies, ca: ca}, nil
}

// open returns the browser that asks, and what closes its trace.
func (o *askOptions) open(q prepared) (*harness.Browser, func() error, error) {
	chrome, closeTrace, err := o.browser.open()
	if err != nil {
		return nil, nil, err
	}
	chrome.Cookies, chrome.CA, chrome.Resolve, chrome.HTTP3 = q.cookies, q.ca, o.reach.resolve, o.reach.http3
	return chrome, closeTrace, nil
}
