// The middleware @koa/cors. https://github.com/koajs/cors#readme

import { createServer } from 'node:http';
import cors from '@koa/cors';
import Router from '@koa/router';
import Koa from 'koa';
import { announce, layers, listen, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, patterns, source } from '../options.mjs';
import { askedOfNode, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'allowMethods',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
// Without allowHeaders, the middleware allows the headers that the browser asks for.
const { options: fields, unsupported } = fieldOptions(policy, names, { requestHeaders: undefined });

// The option origin is one string, or a function. The function reads one of these.
let allowed;
let pattern;

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return (ctx) => '';
    case 'any':
      return '*';
    case 'list':
      allowed = listed(origins);
      return allowed.length === 1 ? allowed[0] : (ctx) => allowed.find((origin) => origin === ctx.get('Origin'));
    default:
      if (policy.kind === 'verbatim') {
        cannot('origins.mode=regex'); // there is no option for a regular expression
      }
      [pattern] = patterns(origins);
      return (ctx) => (pattern.test(ctx.get('Origin')) ? ctx.get('Origin') : '');
  }
}

const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
const app = new Koa();
const router = new Router({ strict: true }); // /dir is not /dir/

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use(cors(options && { ...options }));
  }
});
for (const { path, methods, answer } of routes) {
  router.register(path, methods, handlerOf(answer));
}
app.use(router.routes()).use(router.allowedMethods());

function handlerOf(answer) {
  return (ctx) => {
    const { status, headers, body } = answer(askedOfNode(ctx.req));
    ctx.status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'Vary') {
        ctx.vary(value);
      } else {
        ctx.set(name, value);
      }
    }
    if (body !== null) {
      ctx.body = body;
    }
  };
}

const port = await listen(createServer(app.callback()));
const known =
  (allowed?.length > 1 ? `const allowed = ${source(allowed)}\n` : '') + (pattern ? `const pattern = ${source(pattern)}\n` : '');
const config = known + `app.use(cors(${source(options)}))\n`.repeat(layers).trimEnd();
announce({ port, library: '@koa/cors', config, unsupported });
