// The handlers of restify-cors-middleware2. https://github.com/DatatracCorporation/restify-cors-middleware2#readme

import restify from 'restify';
import corsMiddleware from 'restify-cors-middleware2';
import { announce, layers, listen, policy, refusable } from '../contract.mjs';
import { fieldOptions, listed, patterns, source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

// There is no option for methods: a preflight is answered with the method that it asks for.
const names = {
  credentials: 'credentials',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'preflightMaxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names, { methods: undefined });

function originsOption(origins) {
  switch (origins.mode) {
    case 'none':
      return [];
    case 'any':
      return ['*'];
    case 'list':
      return listed(origins);
    case 'subdomains':
      return origins.values.map((origin) => origin.replace('://', '://*.'));
    default:
      return patterns(origins);
  }
}

const options = policy.kind === 'default' ? {} : { origins: originsOption(policy.origins), ...fields };
const written = source(options); // the library adds to the lists
const server = restify.createServer();

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    const cors = corsMiddleware(options);
    server.pre(cors.preflight);
    server.use(cors.actual);
  }
});
const registrars = { GET: 'get', HEAD: 'head', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'del', OPTIONS: 'opts' };
for (const { path, methods, answer } of routes) {
  const handler = nodeHandler(answer);
  for (const method of methods) {
    server[registrars[method]](path, async (request, response) => handler(request, response));
  }
}

const port = await listen(server);
const mounted = `const cors = corsMiddleware(${written})\nserver.pre(cors.preflight)\nserver.use(cors.actual)`;
const config = layers > 1 ? `${mounted}\n${mounted.replaceAll('cors.', 'inner.').replace('const cors', 'const inner')}` : mounted;
announce({ port, library: 'restify-cors-middleware2', config, unsupported });
