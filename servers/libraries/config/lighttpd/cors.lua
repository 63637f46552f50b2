{{- with .CORS -}}
local r = lighty.r
local h = r.resp_header
{{- if .Any}}
h["Access-Control-Allow-Origin"] = "*"
{{- else}}
h["Access-Control-Allow-Origin"] = r.req_header["Origin"]
{{- end}}
{{- if .Credentials}}
h["Access-Control-Allow-Credentials"] = "true"
{{- end}}
if r.req_attr["request.method"] == "OPTIONS" and r.req_header["Origin"] and r.req_header["Access-Control-Request-Method"] then
    {{- if .RepeatMethod}}
    h["Access-Control-Allow-Methods"] = r.req_header["Access-Control-Request-Method"]
    {{- else if .Methods}}
    h["Access-Control-Allow-Methods"] = {{quote .Methods}}
    {{- end}}
    {{- if .RepeatHeaders}}
    h["Access-Control-Allow-Headers"] = r.req_header["Access-Control-Request-Headers"]
    {{- else if .Headers}}
    h["Access-Control-Allow-Headers"] = {{quote .Headers}}
    {{- end}}
    {{- if .MaxAge}}
    h["Access-Control-Max-Age"] = "{{.MaxAge}}"
    {{- end}}
{{- if .ExposeAll}}
else
    local names = {}
    for name in pairs(h) do
        names[#names + 1] = name
    end
    h["Access-Control-Expose-Headers"] = table.concat(names, ", ")
{{- else if .Expose}}
else
    h["Access-Control-Expose-Headers"] = {{quote .Expose}}
{{- end}}
end
{{end -}}
