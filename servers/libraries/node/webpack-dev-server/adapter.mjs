// The option devServer.headers of webpack-dev-server, which adds headers to every response. It has no other CORS, and
// answers every OPTIONS with 204.
// https://webpack.js.org/configuration/dev-server/#devserverheaders

import webpack from 'webpack';
import WebpackDevServer from 'webpack-dev-server';
import { announce, onceOnly, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { beyondOneOrigin, source } from '../options.mjs';
import { answerTo, nodeHandler } from '../routes.mjs';

function originHeader(origins) {
  const beyond = beyondOneOrigin(origins);
  if (beyond) {
    cannot(beyond);
  }
  return origins.mode === 'any' ? '*' : origins.values[0];
}

function headersOption() {
  if (policy.kind === 'default' || policy.origins.mode === 'none') {
    return undefined;
  }
  const headers = { 'Access-Control-Allow-Origin': originHeader(policy.origins) };
  if (policy.credentials) {
    headers['Access-Control-Allow-Credentials'] = 'true';
  }
  for (const [field, name] of Object.entries(lists)) {
    if (policy[field]) {
      headers[name] = [policy[field]].flat().join(', ');
    }
  }
  if (policy.maxAge !== undefined) {
    headers['Access-Control-Max-Age'] = String(policy.maxAge);
  }
  return headers;
}

const lists = {
  methods: 'Access-Control-Allow-Methods',
  requestHeaders: 'Access-Control-Allow-Headers',
  exposeHeaders: 'Access-Control-Expose-Headers',
};

const headers = headersOption();
const options = {
  host: '127.0.0.1',
  port: 0,
  allowedHosts: 'all',
  client: false,
  compress: false, // it is no CORS, and would change responses
  hot: false,
  liveReload: false,
  static: false,
  webSocketServer: false,
  ...(headers && { headers }),
  setupMiddlewares: (middlewares) => [...middlewares, { name: 'routes', middleware: serveRoutes }],
};

function serveRoutes(request, response, next) {
  const answer = answerTo(request.method, request.url.split('?')[0]);
  return answer ? nodeHandler(answer)(request, response) : next();
}

const compiler = webpack({ mode: 'development', entry: {}, infrastructureLogging: { level: 'none' } });
const server = await refusable(() => new WebpackDevServer(options, compiler));
await server.start();
const config = `devServer: { ${headers ? `headers: ${source(headers)}, ` : ''}allowedHosts: "all" }`;
announce({ port: server.server.address().port, library: 'webpack-dev-server', config, unsupported: onceOnly });
