// The middleware @tinyhttp/cors. https://github.com/tinyhttp/tinyhttp/tree/master/packages/cors

import { createServer } from 'node:http';
import { App } from '@tinyhttp/app';
import { cors } from '@tinyhttp/cors';
import { announce, layers, listen, policy, refusable } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposedHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names);

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return false;
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    default:
      return patterns(origins)[0];
  }
}

const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
const app = new App();

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use(cors(options));
  }
});
for (const { path, methods, answer } of routes) {
  for (const method of methods) {
    app[method.toLowerCase()](path, handlerOf(path, answer));
  }
}

// The router takes /dir for /dir/.
function handlerOf(path, answer) {
  const handler = nodeHandler(answer);
  return (request, response, next) => (request.path === path ? handler(request, response) : next());
}

const port = await listen(createServer(app.attach));
const config = `app.use(cors(${source(options)}))\n`.repeat(layers).trimEnd();
announce({ port, library: '@tinyhttp/cors', config, unsupported });
