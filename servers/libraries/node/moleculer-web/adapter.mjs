// The setting cors of moleculer-web, the API gateway of Moleculer. https://moleculer.services/docs/0.15/moleculer-web
//
// The gateway looks for the route of an OPTIONS by Access-Control-Request-Method, or else for a GET: OPTIONS /options is
// its 404.

import { ServiceBroker } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { announce, onceOnly, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposedHeaders',
  maxAge: 'maxAge',
};
// Without allowedHeaders, the gateway allows the headers that the browser asks for.
const { options: fields, unsupported } = fieldOptions(policy, names, { requestHeaders: undefined });

let pattern; // the function of the option origin reads it

function originOption(origins) {
  switch (origins.mode) {
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    case 'subdomains':
      return oneOrMany(origins.values.map((origin) => origin.replace('://', '://*.')));
    default:
      if (policy.kind === 'verbatim') {
        cannot('origins.mode=regex'); // there is no option for a regular expression
      }
      [pattern] = patterns(origins);
      return (origin) => pattern.test(origin);
  }
}

function corsSetting() {
  if (policy.kind === 'default') {
    return {};
  }
  return policy.origins.mode === 'none' ? null : { origin: originOption(policy.origins), ...fields };
}

const { NotFoundError } = ApiGateway.Errors;
const aliases = {};
for (const { path, methods, answer } of routes) {
  for (const method of methods) {
    aliases[`${method} ${path}`] = handlerOf(path, answer);
  }
}

// A path loses its final slash, and a request too.
function handlerOf(path, answer) {
  const handler = nodeHandler(answer);
  return (request, response) => {
    if (request.originalUrl.split('?')[0] !== path) {
      throw new NotFoundError();
    }
    handler(request, response);
  };
}

const cors = corsSetting();
const broker = new ServiceBroker({ logger: false });
const gateway = broker.createService({
  name: 'api',
  mixins: [ApiGateway],
  settings: { ip: '127.0.0.1', port: 0, cors, routes: [{ path: '/', mappingPolicy: 'restrict', bodyParsers: false, aliases }] },
});
await refusable(() => broker.start());

const known = pattern ? `const pattern = ${source(pattern)}\n` : '';
const config = `${known}broker.createService({ mixins: [ApiGateway], settings: { cors: ${cors ? source(cors) : 'null'} } })`;
announce({ port: gateway.server.address().port, library: 'moleculer-web', config, unsupported: [...unsupported, ...onceOnly] });
