// The server middleware @adonisjs/cors, in AdonisJS's HTTP server. https://docs.adonisjs.com/guides/security/cors

import { createServer } from 'node:http';
import { AppFactory } from '@adonisjs/core/factories/app';
import { ServerFactory } from '@adonisjs/core/factories/http';
import { errors } from '@adonisjs/core/http';
import { defineConfig } from '@adonisjs/cors';
import CorsMiddleware from '@adonisjs/cors/cors_middleware';
import { announce, layers, listen, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { askedOfNode, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'headers',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names, { requestHeaders: true });

let pattern; // the function of the option origin reads it

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return false;
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    default:
      if (policy.kind === 'verbatim') {
        cannot('origins.mode=regex'); // there is no option for a regular expression
      }
      [pattern] = patterns(origins);
      return (origin) => pattern.test(origin);
  }
}

const options = policy.kind === 'default' ? {} : { origin: originOption(policy.origins), ...fields };
const app = new AppFactory().create(new URL('./', import.meta.url), () => {});
await app.init();
const server = new ServerFactory().merge({ app }).create();

await refusable(() => {
  app.container.bind(CorsMiddleware, () => new CorsMiddleware(defineConfig(options)));
  server.use(Array.from({ length: layers }, () => async () => ({ default: CorsMiddleware })));
});
for (const { path, methods, answer } of routes) {
  server.getRouter().route(path, methods, handlerOf(path, answer));
}
await server.boot();

function handlerOf(path, answer) {
  return ({ request, response }) => {
    if (request.url() !== path) {
      throw new errors.E_ROUTE_NOT_FOUND([request.method(), request.url()]); // the router takes /dir for /dir/
    }
    const { status, headers, body } = answer(askedOfNode(request.request));
    response.status(status);
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'Vary') {
        response.vary(value);
      } else {
        response.header(name, value);
      }
    }
    response.send(body);
  };
}

const httpServer = createServer(server.handle.bind(server));
server.setNodeServer(httpServer);
const port = await listen(httpServer);
const known = pattern ? `const pattern = ${source(pattern)}\n` : '';
const mounted = layers > 1 ? '\nserver.use(Array(2).fill(() => import("@adonisjs/cors/cors_middleware")))' : '';
announce({ port, library: '@adonisjs/cors', config: `${known}const corsConfig = defineConfig(${source(options)})${mounted}`, unsupported });
