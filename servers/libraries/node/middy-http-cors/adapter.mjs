// The middleware @middy/http-cors for AWS Lambda. https://middy.js.org/docs/middlewares/http-cors
//
// The server stands for Amazon API Gateway: it makes an event (payload format 2.0) of a request, and a response of what
// the function returns, or 500 where the function fails.

import { createServer } from 'node:http';
import middy from '@middy/core';
import httpCors from '@middy/http-cors';
import httpErrorHandler from '@middy/http-error-handler';
import httpRouter from '@middy/http-router';
import { createError } from '@middy/util';
import { announce, layers, listen, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, source } from '../options.mjs';
import { asked, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'headers',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names);

function originOptions(origins) {
  switch (origins.mode) {
    case 'none':
      return {};
    case 'any':
      return { origin: '*' };
    case 'list': {
      const list = listed(origins);
      return list.length === 1 ? { origin: list[0] } : { origins: list };
    }
    case 'subdomains':
      return { origins: origins.values.map((origin) => origin.replace('://', '://*.')) };
    default:
      return cannot('origins.mode=regex'); // there is no option for a regular expression
  }
}

function corsOptions() {
  if (policy.kind === 'default') {
    return undefined;
  }
  for (const [name, value] of Object.entries(fields)) {
    fields[name] = Array.isArray(value) ? value.join(', ') : value; // lists are strings
  }
  // Without the first of these, a function has to answer preflights on its own.
  return { disableBeforePreflightResponse: false, ...originOptions(policy.origins), ...fields };
}

const options = corsOptions();

// "httpErrorHandler should be the last middleware registered": https://middy.js.org/docs/middlewares/http-error-handler.
// middy runs the part for errors of the last one first, so that httpCors sees the answer to an error. The example of the
// page http-cors has the other order, in which httpCors finds no answer and adds nothing.
const handler = middy();
await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    handler.use(httpCors(options));
  }
});
handler.use(httpErrorHandler({ logger: false }));
handler.handler(
  httpRouter(routes.flatMap(({ path, methods, answer }) => methods.map((method) => ({ method, path, handler: lambdaOf(path, answer) })))),
);

function lambdaOf(path, answer) {
  return async (event) => {
    const { http } = event.requestContext;
    if (http.path !== path) {
      throw createError(404, 'Route does not exist'); // the router takes /dir for /dir/
    }
    const { status, headers, body } = answer(asked(http.method, `${http.path}?${event.rawQueryString}`, (name) => event.headers[name]));
    return {
      statusCode: status,
      headers,
      body: Buffer.from(body ?? '').toString('base64'),
      isBase64Encoded: true,
    };
  };
}

const server = createServer(async (request, response) => {
  const [path, query = ''] = request.url.split('?');
  const event = {
    version: '2.0',
    rawPath: path,
    rawQueryString: query,
    headers: request.headers,
    requestContext: { http: { method: request.method, path } },
  };
  try {
    respond(response, await handler(event, {}));
  } catch {
    respond(response, { statusCode: 500, headers: { 'Content-Type': 'application/json' }, body: '{"message":"Internal Server Error"}' });
  }
});

function respond(response, { statusCode, headers = {}, body = '', isBase64Encoded }) {
  response.statusCode = statusCode;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, value);
  }
  response.end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
}

const port = await listen(server);
const config = `middy()${`.use(httpCors(${source(options)}))`.repeat(layers)}.use(httpErrorHandler()).handler(lambdaHandler)`;
announce({ port, library: '@middy/http-cors', config, unsupported });
