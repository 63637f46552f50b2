vcl 4.1;

backend default {
    .host = "{{.Host}}";
    .port = "{{.Port}}";
}
{{- with .CORS}}
{{if or .Any .Varies}}
sub vcl_recv {
    # A preflight is OPTIONS with Origin and Access-Control-Request-Method. Any other OPTIONS
    # belongs to the application.
    if (req.method == "OPTIONS" && req.http.Origin && req.http.Access-Control-Request-Method) {
        return (synth(204));
    }
}
{{end}}
sub cors {
    # The application's own headers would be second ones.
    unset resp.http.Access-Control-Allow-Origin;
    unset resp.http.Access-Control-Allow-Credentials;
    unset resp.http.Access-Control-Allow-Methods;
    unset resp.http.Access-Control-Allow-Headers;
    unset resp.http.Access-Control-Max-Age;
    unset resp.http.Access-Control-Expose-Headers;
{{- if .Any}}

    set resp.http.Access-Control-Allow-Origin = "*";
{{- end}}
{{- if .Varies}}

    if (resp.http.Vary) {
        set resp.http.Vary = resp.http.Vary + ", Origin";
    } else {
        set resp.http.Vary = "Origin";
    }

    # The origins that may read.
    if (
        {{- range $i, $o := .Origins}}{{if $i}} ||
        {{else}}{{end}}req.http.Origin == {{quote $o}}{{end}}
        {{- range $i, $o := .Patterns}}{{if $i}} ||
        {{else}}{{end}}req.http.Origin ~ {{quote $o}}{{end -}}
    ) {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
    {{- if .Credentials}}
        set resp.http.Access-Control-Allow-Credentials = "true";
    {{- end}}
    }
{{- end}}
{{- if or .Any .Varies}}
    {{- if or .Methods .Headers .MaxAge .Expose}}

    if (!resp.http.Access-Control-Allow-Origin) {
        return;
    }
    if (req.method == "OPTIONS" && req.http.Origin && req.http.Access-Control-Request-Method) {
        {{- if .Methods}}
        set resp.http.Access-Control-Allow-Methods = {{if .RepeatMethod}}req.http.Access-Control-Request-Method{{else}}{{quote .Methods}}{{end}};
        {{- end}}
        {{- if .Headers}}
        set resp.http.Access-Control-Allow-Headers = {{if .RepeatHeaders}}req.http.Access-Control-Request-Headers{{else}}{{quote .Headers}}{{end}};
        {{- end}}
        {{- if .MaxAge}}
        set resp.http.Access-Control-Max-Age = "{{.MaxAge}}";
        {{- end}}
    {{- if .Expose}}
    } else {
        set resp.http.Access-Control-Expose-Headers = {{quote .Expose}};
    {{- end}}
    }
    {{- end}}
{{- end}}
}

sub vcl_deliver {
    call cors;
}

sub vcl_synth {
    call cors;
    if (resp.status == 204) {
        return (deliver);
    }
}
{{- end}}
