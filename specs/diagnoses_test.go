package specs_test

import (
	"context"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/corsproof/corsproof/harness"
	"github.com/corsproof/corsproof/harness/diagnose"
	"github.com/corsproof/corsproof/harness/snippet"
	"github.com/corsproof/corsproof/servers/software"
)

// diagnosed is what a diagnosis has to find where the software has a fault.
type diagnosed struct {
	fault string // of software.Faults, or of a spec in diagnoses_others_test.go
	rows  string // of the known symptoms and reports
	cause string
	layer diagnose.Layer
	// likely says that no experiment decides; untried says that no remedy can be tried.
	likely, untried bool
}

// diagnoses are all faults. The cause and the layer are what the fault is.
var diagnoses = []diagnosed{
	{fault: "nginx-errors", rows: "3", cause: "errors-only", layer: diagnose.Gateway},
	{fault: "nginx-bad-gateway", rows: "3 R08", cause: "errors-only", layer: diagnose.Gateway},
	{fault: "nginx-forbids", rows: "2", cause: "errors-only", layer: diagnose.Gateway},
	{fault: "nginx-and-express", rows: "10", cause: "header-twice", layer: diagnose.Gateway},
	{fault: "nginx-location", rows: "4", cause: "only-this-path", layer: diagnose.Gateway},
	{fault: "nginx-drops-header", rows: "4", cause: "no-header-anywhere", layer: diagnose.Gateway},
	{fault: "nginx-before-silent-express", rows: "4", cause: "no-header-anywhere", layer: diagnose.Middleware},
	{fault: "nginx-refuses-options", rows: "5 R09", cause: "options-refused", layer: diagnose.Gateway},
	{fault: "nginx-redirects", rows: "9 R14", cause: "null-after-redirect", layer: diagnose.Page},
	{fault: "nginx-and-express-credentials", rows: "15", cause: "header-twice", layer: diagnose.Gateway},
	{fault: "apache-unset-variable", rows: "13", cause: "wrong-value", layer: diagnose.Gateway},
	{fault: "apache-errors", rows: "3", cause: "errors-only", layer: diagnose.Gateway},
	{fault: "haproxy-unavailable", rows: "2 3", cause: "errors-only", layer: diagnose.Gateway},
	{fault: "haproxy-too-large"},
	{fault: "caddy-matched-only", rows: "5", cause: "options-without-headers", layer: diagnose.Gateway},
	{fault: "varnish-without-vary", rows: "24 P16 R31b", cause: "shared-cache", layer: diagnose.Cache},

	{fault: "express-twice", rows: "10", cause: "header-twice", layer: diagnose.Middleware},
	{fault: "express-refuses-options", rows: "5", cause: "options-refused", layer: diagnose.Framework},
	{fault: "express-options-only", rows: "P15 R25", cause: "two-parts-of-the-server", layer: diagnose.Framework},
	{fault: "express-login-redirect", rows: "8 R35", cause: "preflight-redirected", layer: diagnose.Login},
	{fault: "express-origin-not-listed", rows: "R34", cause: "origin-not-listed", layer: diagnose.Middleware},
	{fault: "go-rs-header", rows: "18", cause: "library-leaves-headers-out", layer: diagnose.Middleware},
	{fault: "express-route-only", rows: "5", cause: "options-without-headers", layer: diagnose.Framework},
	{fault: "express-not-found", rows: "4 5", cause: "options-refused", layer: diagnose.Framework},
	{fault: "express-status", rows: "6", cause: "options-refused", layer: diagnose.Framework},
	{fault: "express-login-first", rows: "7", cause: "options-refused", layer: diagnose.Login},
	{fault: "flask-errors", rows: "1", cause: "errors-only", layer: diagnose.Framework},
	{fault: "flask-slash", rows: "8 R41", cause: "preflight-redirected", layer: diagnose.Framework},
	{fault: "django-slash", rows: "8", cause: "redirect-without-header", layer: diagnose.Framework},
	{fault: "starlette-exception", rows: "1", cause: "errors-only", layer: diagnose.Framework},
	{fault: "go-handler-only", rows: "5", cause: "options-refused", layer: diagnose.Framework},
	{fault: "go-status", rows: "6", cause: "options-refused", layer: diagnose.Framework},
	{fault: "spring-security-first", rows: "7", cause: "options-refused", layer: diagnose.Login},

	{fault: "express-origin-list", rows: "11", cause: "wrong-value", layer: diagnose.Middleware},
	{fault: "express-origin-slash", rows: "12", cause: "wrong-value", layer: diagnose.Middleware},
	{fault: "express-origin-scheme", rows: "12", cause: "wrong-value", layer: diagnose.Middleware},
	{fault: "express-origin-undefined", rows: "13", cause: "wrong-value", layer: diagnose.Middleware},
	{fault: "express-list-www", rows: "12", cause: "another-origin-listed", layer: diagnose.Middleware},
	{fault: "express-global-regex", rows: "25", cause: "alternates", layer: diagnose.Middleware},
	{fault: "express-wildcard", rows: "14", cause: "credentials", layer: diagnose.Middleware},
	{fault: "express-no-credentials", rows: "15 23", cause: "credentials", layer: diagnose.Middleware},
	{fault: "flask-credentials", rows: "15", cause: "credentials", layer: diagnose.Middleware},
	{fault: "express-method", rows: "16 R24", cause: "not-listed", layer: diagnose.Middleware},
	{fault: "express-any-method", rows: "16", cause: "star-with-credentials", layer: diagnose.Middleware},
	{fault: "page-method-in-lower-case", rows: "17", cause: "method-in-lower-case", layer: diagnose.Page},
	{fault: "express-header", rows: "18 R02", cause: "not-listed", layer: diagnose.Middleware},
	{fault: "express-any-header", rows: "18", cause: "star-with-credentials", layer: diagnose.Middleware},
	{fault: "page-with-sentry", rows: "19", cause: "library-adds-header", layer: diagnose.Library},
	{fault: "page-with-jquery", rows: "19", cause: "library-adds-header", layer: diagnose.Library},
	{fault: "page-sends-allow-origin", rows: "20", cause: "header-of-responses", layer: diagnose.Page},
	{fault: "express-header-json", rows: "21", cause: "list-is-no-list", layer: diagnose.Middleware},
	{fault: "express-not-exposed", rows: "22 P9 R01", cause: "header-not-exposed", layer: diagnose.Middleware},
	{fault: "flask-not-exposed", rows: "22", cause: "header-not-exposed", layer: diagnose.Middleware},
	{fault: "express-lax-cookie", rows: "23 P6 R29", cause: "cookie-of-one-site", layer: diagnose.Login},
	{fault: "page-without-credentials", rows: "23", cause: "no-credentials", layer: diagnose.Page},
	{fault: "express-cookie-not-stored", rows: "23 P12", cause: "cookie-not-stored", layer: diagnose.Login, untried: true},
	{fault: "express-stored", rows: "24", cause: "browser-cache", layer: diagnose.Setting},
	{fault: "express-storable", rows: "24", cause: "browser-cache-later", layer: diagnose.Setting},
	{fault: "page-sandboxed", rows: "27", cause: "page-without-origin", layer: diagnose.Page, likely: true},
	{fault: "page-in-mode-no-cors", rows: "29", cause: "mode-no-cors", layer: diagnose.Page},
	{fault: "express-resource-policy", rows: "30", cause: "resource-policy", layer: diagnose.Middleware},
}

// expected is the row of a fault.
func expected(fault string) diagnosed {
	GinkgoHelper()
	all := slices.Concat(diagnoses, otherDiagnoses)
	at := slices.IndexFunc(all, func(d diagnosed) bool { return d.fault == fault })
	Expect(at).NotTo(Equal(-1), "no row for "+fault)
	return all[at]
}

// judge compares a diagnosis with the row of the fault.
func (want diagnosed) judge(d diagnose.Diagnosis) {
	GinkgoHelper()
	told := tell(d)
	Expect(d.ID).To(Equal(want.cause), told)
	Expect(d.Layer).To(Equal(want.layer), told)
	if want.cause == "" {
		return
	}
	sure := diagnose.Proved
	if want.likely {
		sure = diagnose.Likely
	}
	Expect(d.Sure).To(Equal(sure), told)
	Expect(d.Remedy).NotTo(BeEmpty(), told)
	Expect(d.Trial != nil && d.Trial.Proved).NotTo(Equal(want.untried), told)
}

// The cause and the layer of each fault are named, and the remedy is proved; a question in which
// nothing is wrong is not accused.
var _ = Describe("a diagnosis of real software", Label("scenario:diagnose"), func() {
	run := func(ctx context.Context, asker diagnose.Asker, upstream string, r harness.Request) diagnose.Diagnosis {
		GinkgoHelper()
		d, err := diagnose.Doctor{Asker: asker, Client: net.Client(), Upstream: upstream}.Run(ctx, r)
		Expect(err).NotTo(HaveOccurred())
		return d
	}

	var entries []any
	for _, f := range software.Faults() {
		entries = append(entries, Entry(f.ID+": "+f.Is, f))
	}
	DescribeTable("names the fault", append([]any{Label("fetch:http-cors-protocol"), func(ctx SpecContext, f software.Fault) {
		want := expected(f.ID)
		origin, running := beginRunning(ctx, f.Server)
		asker, at := holding(f, origin), func(r harness.Request) harness.Request {
			r.URL = origin + r.URL
			return r
		}
		if f.First.URL != "" {
			Expect(asker.Fetch(ctx, at(f.First))).To(unblocked)
		}
		d := run(ctx, asker, running.Upstream, at(f.Ask))
		AddReportEntry("diagnosis", tell(d))
		want.judge(d)
		if id, _ := d.Software(); id != "" {
			if need, wanted := d.Need(); wanted {
				Expect(snippet.Write(id, need)).To(HaveField("Text", Not(BeEmpty())))
			}
		}
		if f.Control.URL != "" {
			control := run(ctx, asker, running.Upstream, at(f.Control))
			Expect(control.Seen).To(harness.BeReadable())
			Expect(control.ID).To(BeEmpty(), tell(control))
		}
	}}, entries...)...)
})
