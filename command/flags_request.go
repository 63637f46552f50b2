package command

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corsproof/corsproof/harness"
)

// requestFlags describe a Request. The flags that have to be parsed are added to
// the fields that the Request has already.
type requestFlags struct {
	request     harness.Request
	headers     []string
	pageHeaders []string
	workerLines []string
	withinLines []string
	pageSpace   string
	targetSpace string
	edits       []string
	body        bodyFlags
	controller  controllerFlags
}

func (r *requestFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&r.request.From, "from", "", `the origin of the page that asks, such as https://app.example.com, or "null" (sandboxed), "data:" or "file:"; or of an app, such as capacitor://localhost`)
	f.StringVarP(&r.request.Method, "method", "X", "", "the method (default GET, or POST with a body)")
	f.StringArrayVarP(&r.headers, "header", "H", nil, `a header that the script sets, as "Name: value"; may be repeated`)
	r.body.add(c)
	r.controller.add(c)
	choiceVar(c, &r.request.Credentials, "credentials", "", "the credentials mode (default same-origin)", "omit", "same-origin", "include")
	choiceVar(c, &r.request.Mode, "mode", "", "the request mode (default cors)", "cors", "no-cors", "same-origin")
	choiceVar(c, &r.request.Redirect, "redirect", "", "the redirect mode (default follow)", "follow", "error", "manual")
	choiceVar(c, &r.request.Cache, "cache", "", "the cache mode (default: all caches off)", "default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached")
	choiceVar(c, &r.request.ReferrerPolicy, "referrer-policy", "", "the referrer policy (default: the page's)", "no-referrer", "no-referrer-when-downgrade", "same-origin",
		"origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url")
	f.StringVar(&r.request.Referrer, "referrer", "", "the referrer of fetch(): a URL of the page's origin")
	f.BoolVar(&r.request.Keepalive, "keepalive", false, "let the request of fetch() outlive its page")
	choiceVar(c, &r.request.Priority, "priority", "", "the priority of fetch()", "auto", "high", "low")
	f.DurationVar(&r.request.AbortAfter, "abort-after", 0, "when the script aborts the request, such as 100ms")
	f.DurationVar(&r.request.TimeoutAfter, "script-timeout", 0, "the time-out that the script sets, such as 1s")
	f.StringVar(&r.request.XHR.User, "xhr-user", "", "the user name in open() of XMLHttpRequest")
	f.StringVar(&r.request.XHR.Password, "xhr-password", "", "the password in open() of XMLHttpRequest")
	choiceVar(c, &r.request.XHR.ResponseType, "xhr-response-type", "", "the responseType of XMLHttpRequest", "arraybuffer", "blob", "document", "json", "text")
	f.BoolVar(&r.request.XHR.CredentialsBeforeOpen, "xhr-credentials-before-open", false, "set withCredentials before open() of XMLHttpRequest")
	f.StringVar(&r.request.Specifier, "specifier", "", "the bare specifier that the page's import map sends to URL, such as lodash; with --via import and module")
	hint := choiceVar(c, &r.request.Hint.Rel, "hint", "", "a link in the page that loads URL before the script asks (default: none)", "preload", "modulepreload", "prefetch")
	hint.explained = []harness.HintRel{"preconnect", "dns-prefetch"}
	choiceVar(c, &r.request.Hint.As, "hint-as", "", "the attribute as of that link (default fetch); with preload", harness.HintDestinations()...)
	choiceVar(c, &r.request.Hint.CrossOrigin, "hint-crossorigin", "", "the attribute crossorigin of that link (default: none)", "anonymous", "use-credentials")
	f.StringVar(&r.request.Integrity, "integrity", "", "the hash that the response must have, such as sha256-...")
	choiceVar(c, &r.targetSpace, "target-address-space", "", "the address space that the page names for the server", spaces...)
	where := choiceVar(c, &r.request.Where, "where", "", "where the script runs: in the page or in a worker of it (default window)", "window", "worker", "shared-worker", "service-worker")
	where.explained = []harness.Where{"worklet"}
	choiceVar(c, &r.request.Via, "via", "", "what the script asks with (default fetch):  "+strings.Join(initiators(), ", "), asked()...)
	choiceVar(c, &r.pageSpace, "page-address-space", "", "where the page was loaded from (default: what the host of --from implies)", spaces...)
	f.StringArrayVar(&r.pageHeaders, "page-header", nil, `a header of the page itself, such as "Content-Security-Policy: connect-src 'self'"; may be repeated`)
	f.StringArrayVar(&r.workerLines, "worker-header", nil, "a header of the worker's script, which sets the policies of that worker, with --where; may be repeated")
	f.StringVar(&r.request.PagePath, "page-path", "", `the path of the page, such as "/shop/?id=7": a part of the referrer (default "/")`)
	f.StringVar(&r.request.ExtensionKey, "extension-key", "", "the key in the manifest of the extension at --from: then Chrome has its page (default: asked on the wire)")
	choiceVar(c, &r.request.Document, "document", "", "ask from a document that the page makes and shows in a frame, with the page's origin (default: the page)", "srcdoc", "blob", "blank")
	f.StringVar(&r.request.WorkerPath, "worker-path", "", "the path of the worker's script (default: a path that corsproof chooses)")
	choiceVar(c, &r.request.WorkerScript, "worker-script", "", "the kind of URL of the worker's script (default: http or https, at the page's origin)", "blob", "data")
	f.StringVar(&r.request.Within, "within", "", "the origin of a page that shows the one at --from in a frame")
	f.StringVar(&r.request.WithinPath, "within-path", "", `the path of that page (default "/")`)
	f.StringArrayVar(&r.withinLines, "within-header", nil, "a header of that page, such as Permissions-Policy; may be repeated")
	f.StringVar(&r.request.FrameAllow, "frame-allow", "", `the attribute allow of that frame, such as "loopback-network; local-network"`)
	choiceVar(c, &r.request.OpaqueScheme, "opaque-scheme", "", `the scheme that the page at --from null was loaded by (default: as --within, or https)`, "http", "https")
	f.BoolVar(&r.request.DryRun, "dry-run", false, "send the preflight alone: the request is stopped when the browser is about to send it")
	f.StringArrayVar(&r.edits, "what-if", nil, `judge the answers as if they were so, as "response: NAME: VALUE", "response: remove NAME" or "response: status NUMBER", or with preflight; may be repeated`)
	_ = c.RegisterFlagCompletionFunc("what-if", cobra.FixedCompletions([]string{"response: ", "preflight: "}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
	_ = c.RegisterFlagCompletionFunc("from", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("header", cobra.NoFileCompletions)
	_ = c.RegisterFlagCompletionFunc("method", cobra.FixedCompletions(
		[]string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, cobra.ShellCompDirectiveNoFileComp))
}

// initiators are the values of --via.
func initiators() []string { return (&choice[harness.Via]{allowed: asked()}).words() }

// asked are the initiators whose requests Chrome reports. Only a server of ours sees a request
// that leaves with its page, and a report of the Reporting API: Go tests ask about both.
func asked() []harness.Via {
	return slices.DeleteFunc(harness.Initiators(), func(v harness.Via) bool { return v == harness.ViaFetchLater || v == harness.ViaReport })
}

// read makes the Request, and returns all faults at once.
func (r *requestFlags) read() (harness.Request, error) {
	request := r.request
	headers, headerFault := headerLines("header", r.headers)
	pageHeaders, pageFault := headerLines("page-header", r.pageHeaders)
	workerHeaders, workerFault := headerLines("worker-header", r.workerLines)
	withinHeaders, withinFault := headerLines("within-header", r.withinLines)
	edits, editFault := editsOf(r.edits)
	request.WhatIf = slices.Concat(request.WhatIf, edits)
	body, bodyFault := r.body.read()
	controller, controllerFault := r.controller.read(request.Controller)
	request.Controller = controller
	request.Headers = slices.Concat(request.Headers, headers)
	request.PageHeaders = slices.Concat(request.PageHeaders, pageHeaders)
	request.WithinHeaders = slices.Concat(request.WithinHeaders, withinHeaders)
	request.WorkerHeaders = slices.Concat(request.WorkerHeaders, workerHeaders)
	if body.Kind != "" {
		request.Body = body
		if request.Via != harness.ViaBeacon { // which is a POST, and takes no method
			request.Method = cmp.Or(request.Method, "POST")
		}
	}
	request.AddressSpace = cmp.Or(addressSpace(r.pageSpace), request.AddressSpace)
	request.TargetAddressSpace = cmp.Or(addressSpace(r.targetSpace), request.TargetAddressSpace)
	return request, errors.Join(headerFault, pageFault, workerFault, withinFault, editFault, bodyFault, controllerFault, request.Validate())
}

// editsOf reads the edits of --what-if, and names all faults at once.
func editsOf(texts []string) ([]harness.Edit, error) {
	var list []harness.Edit
	var faults []error
	for _, text := range texts {
		e, err := harness.ParseEdit(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("--what-if %w", err))
			continue
		}
		list = append(list, e)
	}
	return list, errors.Join(faults...)
}

// spaces are the address spaces as the flags spell them.
var spaces = []string{"loopback", "local", "public"}

// addressSpace is the value of the DevTools Protocol for a value of spaces.
func addressSpace(word string) harness.AddressSpace {
	if word == "" {
		return ""
	}
	return harness.AddressSpace(strings.ToUpper(word[:1]) + word[1:])
}
