// The CORS that is a part of hapi. https://hapi.dev/api#route.options.cors

import Hapi from '@hapi/hapi';
import { announce, onceOnly, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, source } from '../options.mjs';
import { askedOfNode, routes } from '../routes.mjs';

// The methods of a path are the methods of its routes: there is no option.
const names = { credentials: 'credentials', requestHeaders: 'headers', exposeHeaders: 'exposedHeaders', maxAge: 'maxAge' };

function originOption(origins) {
  switch (origins.mode) {
    case 'any':
      return ['*'];
    case 'list':
      return listed(origins);
    case 'subdomains':
      return origins.values.map((origin) => origin.replace('://', '://*.'));
    default:
      return cannot('origins.mode=regex'); // there is no option for a regular expression or a function
  }
}

function corsOptions() {
  if (policy.kind === 'default') {
    return { cors: true, unsupported: [] };
  }
  if (policy.origins.mode === 'none') {
    return { cors: false, unsupported: [] };
  }
  const { options, unsupported } = fieldOptions(policy, names, { methods: undefined });
  return { cors: { origin: originOption(policy.origins), ...options }, unsupported };
}

const { cors, unsupported } = corsOptions();
const server = await refusable(() => Hapi.server({ host: '127.0.0.1', port: 0, routes: { cors } }));

for (const { path, methods, answer } of routes) {
  for (const method of hapiMethods(methods)) {
    const options = method === 'GET' ? {} : { payload: { parse: false, output: 'data' } };
    server.route({ method, path, handler: handlerOf(answer), options });
  }
}

// HEAD is where GET is, and cannot be registered. A route for every method is one for *, whose preflights hapi answers.
function hapiMethods(methods) {
  return methods.includes('GET') && methods.includes('OPTIONS') ? ['*'] : methods.filter((method) => method !== 'HEAD');
}

function handlerOf(answer) {
  return (request, h) => {
    const { status, headers, body } = answer(askedOfNode(request.raw.req));
    const response = h.response(body ?? undefined).code(status);
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'Vary') {
        response.vary(value);
      } else {
        response.header(name, value);
      }
    }
    return response;
  };
}

await server.start();
const config = `Hapi.server({ routes: { cors: ${source(cors)} } })`;
announce({ port: server.info.port, library: '@hapi/hapi', config, unsupported: [...unsupported, ...onceOnly] });
