package snippet

// cors and @fastify/cors have the same options.
const corsOptions = `{
  origin: [{{single .Origins}}],
{{- if .Credentials}}
  credentials: true,
{{- end}}
  methods: [{{single .Methods}}],
  allowedHeaders: [{{single .RequestHeaders}}],
{{- if .ExposeHeaders}}
  exposedHeaders: [{{single .ExposeHeaders}}],
{{- end}}
{{- if .MaxAge}}
  maxAge: {{.MaxAge}},
{{- end}}
}`

// javascript are libraries for Node. The list of request headers stands there even if it is
// empty: without it, both allow whatever header a page asks for.
var javascript = []software{{
	id: "express", name: "Express", run: true,
	file: "the program, before the login, the parsers of bodies and all routes; npm install cors",
	note: "In a CommonJS program the first line is: const cors = require('cors');",
	text: `
import cors from 'cors';

app.use(cors(` + corsOptions + `));
`,
}, {
	id: "fastify", name: "Fastify", run: true,
	file: "the program, before the login and all routes; npm install @fastify/cors",
	note: "In a CommonJS program the first line is: const cors = require('@fastify/cors');",
	text: `
import cors from '@fastify/cors';

await app.register(cors, ` + corsOptions + `);
`,
}}
