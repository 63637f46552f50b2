vcl 4.0;

backend default {
    .host = "{{.Host}}";
    .port = "{{.Port}}";
}
{{- with .CORS}}

sub vcl_recv {
    if (req.method == "OPTIONS") {
        return (synth(204, "No Content"));
    }
}

sub cors {
{{- if .Any}}
    set resp.http.Access-Control-Allow-Origin = "*";
{{- else}}
    if (req.http.Origin ~ {{quote .Pattern}}) {
        set resp.http.Access-Control-Allow-Origin = req.http.Origin;
    }
{{- end}}
{{- if .Credentials}}
    set resp.http.Access-Control-Allow-Credentials = "true";
{{- end}}
    set resp.http.Access-Control-Allow-Methods = {{quote (or .Methods "GET, POST, PUT, DELETE, PATCH, OPTIONS")}};
    set resp.http.Access-Control-Allow-Headers = {{quote (or .Headers "Origin, Accept, Content-Type, X-Requested-With, X-CSRF-Token")}};
{{- if .Expose}}
    set resp.http.Access-Control-Expose-Headers = {{quote .Expose}};
{{- end}}
{{- if .MaxAge}}
    set resp.http.Access-Control-Max-Age = "{{.MaxAge}}";
{{- end}}
}

sub vcl_deliver {
    call cors;
}

sub vcl_synth {
    call cors;
    return (deliver);
}
{{- end}}
