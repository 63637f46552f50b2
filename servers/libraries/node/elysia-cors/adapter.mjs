// The plugin @elysia/cors, on Node. https://elysiajs.com/plugins/cors

import { cors } from '@elysia/cors';
import { node } from '@elysia/node';
import { Elysia } from 'elysia';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { added, askedOfFetch, singly } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names, { methods: '*', requestHeaders: true, exposeHeaders: true });

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return false;
    case 'any':
      return true;
    case 'list':
      return oneOrMany(listed(origins));
    default:
      return oneOrMany(patterns(origins));
  }
}

const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
const app = new Elysia({ adapter: node(), strictPath: true }); // /dir is not /dir/

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use(cors(options));
  }
});
for (const { method, path, answer } of singly) {
  app.route(method, path, handlerOf(answer), { parse: 'none' });
}

function handlerOf(answer) {
  return ({ request, set }) => {
    const { status, headers, body } = answer(askedOfFetch(request));
    set.status = status;
    for (const [name, value] of Object.entries(headers)) {
      const key = name.toLowerCase();
      set.headers[key] = key === 'vary' ? added(set.headers.vary, value) : value;
    }
    return headers['Content-Type'] === 'application/json' ? JSON.parse(body) : body; // Elysia gives every string the type text/plain
  };
}

app.listen({ port: 0, hostname: '127.0.0.1' }, async ({ raw }) => {
  await raw.ready();
  const port = Number(new URL(raw.url).port);
  const config = `app.use(cors(${source(options)}))\n`.repeat(layers).trimEnd();
  announce({ port, library: '@elysia/cors', config, unsupported });
});
