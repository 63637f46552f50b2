// The wrapper micro-cors for micro. https://github.com/possibilities/micro-cors#readme

import { createServer } from 'node:http';
import { send, serve } from 'micro';
import microCors from 'micro-cors';
import { announce, layers, listen, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { beyondOneOrigin, fieldOptions, source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

const names = {
  credentials: 'allowCredentials',
  methods: 'allowMethods',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names);

// The option origin is the value of Access-Control-Allow-Origin.
function originOption(origins) {
  const beyond = beyondOneOrigin(origins);
  if (beyond) {
    cannot(beyond);
  }
  return origins.mode === 'any' ? '*' : origins.values[0];
}

// micro has no router. The library hands a preflight on, so a route answers it, as the handler of the README
// would, which looks at no method.
function handler(request, response) {
  const path = request.url.split('?')[0];
  const route = routes.find((candidate) => candidate.path === path);
  if (!route || (!route.methods.includes(request.method) && request.method !== 'OPTIONS')) {
    return send(response, 404, 'Not Found');
  }
  return nodeHandler(route.answer)(request, response);
}

const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
const cors = await refusable(() => microCors(options));
const wrapped = layers > 1 ? cors(cors(handler)) : cors(handler);

const port = await listen(createServer(serve(wrapped)));
const config = `const cors = microCors(${source(options)})\nmodule.exports = ${layers > 1 ? 'cors(cors(handler))' : 'cors(handler)'}`;
announce({ port, library: 'micro-cors', config, unsupported });
