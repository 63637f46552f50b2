// The middleware hono/cors, on Node. https://hono.dev/docs/middleware/builtin/cors

import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { announce, layers, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { fetchHandler, singly } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'allowMethods',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
// Without allowHeaders, the middleware allows the headers that the browser asks for.
const { options: fields, unsupported } = fieldOptions(policy, names, { requestHeaders: undefined });

let pattern; // the function of the option origin reads it

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return [];
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    default:
      if (policy.kind === 'verbatim') {
        cannot('origins.mode=regex'); // there is no option for a regular expression
      }
      [pattern] = patterns(origins);
      return (origin) => (pattern.test(origin) ? origin : null);
  }
}

const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
const app = new Hono();

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use(cors(options));
  }
});
for (const { method, path, answer } of singly) {
  const handler = fetchHandler(answer);
  app.on(method, path, (c) => handler(c.req.raw));
}

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  const known = pattern ? `const pattern = ${source(pattern)}\n` : '';
  const config = known + `app.use(cors(${source(options)}))\n`.repeat(layers).trimEnd();
  announce({ port, library: 'hono', config, unsupported });
});
