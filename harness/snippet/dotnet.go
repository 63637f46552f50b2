package snippet

// dotnet are libraries for .NET.
var dotnet = []software{{
	id: "aspnet-core", name: "ASP.NET Core",
	file: "Program.cs",
	note: "Endpoints and controllers with [EnableCors] or RequireCors follow a policy of their own.",
	text: `
// Before builder.Build():
builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
    .WithOrigins({{double .Origins}})
{{- if .Credentials}}
    .AllowCredentials()
{{- end}}
    .WithMethods({{double .Methods}})
{{- if .RequestHeaders}}
    .WithHeaders({{double .RequestHeaders}})
{{- end}}
{{- if .ExposeHeaders}}
    .WithExposedHeaders({{double .ExposeHeaders}})
{{- end}}
{{- if .MaxAge}}
    .SetPreflightMaxAge(TimeSpan.FromSeconds({{.MaxAge}}))
{{- end}}
));

// After app.UseExceptionHandler() and app.UseRouting(), before app.UseAuthentication() and app.UseAuthorization():
app.UseCors();
`,
}}
