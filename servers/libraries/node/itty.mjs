// The preflight and corsify of itty-router, whose versions 5 and 6 differ.
// https://itty.dev/itty-router/cors

import { announce, layers, listen, policy, refusable } from './contract.mjs';
import { fetchServer } from './fetch-server.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from './options.mjs';
import { fetchHandler, routes } from './routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'allowMethods',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return [];
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    default:
      return patterns(origins)[0];
  }
}

/** Serves one version. anyName is as in fieldOptions. */
export async function serveItty({ AutoRouter, cors, anyName }) {
  const { options: fields, unsupported } = fieldOptions(policy, names, anyName);
  const options = policy.kind === 'default' ? undefined : { origin: originOption(policy.origins), ...fields };
  const pairs = await refusable(() => Array.from({ length: layers }, () => cors(options)));
  const router = AutoRouter({
    before: pairs.map(({ preflight }) => preflight),
    finally: pairs.map(({ corsify }) => corsify),
  });
  for (const { path, methods, answer } of routes) {
    for (const method of methods) {
      router[method.toLowerCase()](path, handlerOf(path, answer));
    }
  }
  const port = await listen(fetchServer(router.fetch));
  announce({ port, library: 'itty-router', config: configOf(options), unsupported });
}

// The router takes /dir for /dir/: a handler that returns nothing leads to its own 404.
function handlerOf(path, answer) {
  const handler = fetchHandler(answer);
  return (request) => (new URL(request.url).pathname === path ? handler(request) : undefined);
}

function configOf(options) {
  if (layers > 1) {
    return `const outer = cors(${source(options)})
const inner = cors(${source(options)})
const router = AutoRouter({ before: [outer.preflight, inner.preflight], finally: [inner.corsify, outer.corsify] })`;
  }
  return `const { preflight, corsify } = cors(${source(options)})
const router = AutoRouter({ before: [preflight], finally: [corsify] })`;
}
