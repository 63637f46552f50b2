package web

import "strings"

// libraries are request headers that a library in a page adds to requests of the page, often
// without its authors' knowledge. A name with a hyphen at its end is a prefix.
var libraries = []struct{ name, library string }{
	{"x-requested-with", "jQuery or another HTTP library"},
	{"sentry-trace", "Sentry"}, {"baggage", "Sentry or OpenTelemetry"},
	{"traceparent", "OpenTelemetry or another tracing library"}, {"tracestate", "OpenTelemetry or another tracing library"},
	{"b3", "a tracing library (Zipkin)"}, {"x-b3-", "a tracing library (Zipkin)"}, {"uber-trace-id", "Jaeger"},
	{"x-datadog-", "Datadog"}, {"newrelic", "New Relic"}, {"elastic-apm-", "Elastic APM"}, {"x-instana-", "Instana"},
	{"x-dynatrace", "Dynatrace"}, {"x-dtpc", "Dynatrace"}, {"request-id", "Application Insights"}, {"request-context", "Application Insights"},
	{"x-amzn-trace-id", "AWS X-Ray"}, {"x-cloud-trace-context", "Google Cloud Trace"},
	{"x-stainless-", "the SDK of an API (Stainless)"}, {"x-goog-api-client", "a Google API client"}, {"x-firebase-", "Firebase"}, {"x-amz-user-agent", "an AWS SDK"},
	{"amz-sdk-", "an AWS SDK"}, {"x-supabase-", "Supabase"}, {"x-client-info", "Supabase"}, {"apollographql-client-", "Apollo Client"}, {"apollo-require-preflight", "Apollo Client"},
	{"x-inertia", "Inertia"}, {"hx-", "htmx"}, {"turbo-frame", "Turbo"}, {"ngsw-bypass", "Angular"},
}

// LibraryOf names the library that usually adds a request header. It is empty for a header
// that no known library adds.
func LibraryOf(name string) string {
	name = Lower(name)
	for _, l := range libraries {
		if name == l.name || strings.HasSuffix(l.name, "-") && strings.HasPrefix(name, l.name) {
			return l.library
		}
	}
	return ""
}
