// handleCors of h3, as a middleware for all routes. https://h3.dev/utils/security

import { H3, HTTPError, handleCors, serve } from 'h3';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { fieldOptions, listed, patterns, source } from '../options.mjs';
import { askedOfFetch, routes } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowHeaders',
  exposeHeaders: 'exposeHeaders',
  maxAge: 'maxAge',
};
const { options: fields, unsupported } = fieldOptions(policy, names, { methods: '*', requestHeaders: '*', exposeHeaders: '*' });

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return [];
    case 'any':
      return '*';
    case 'list':
      return policy.kind === 'verbatim' && origins.values[0] === '*' ? '*' : listed(origins);
    default:
      return patterns(origins);
  }
}

function corsOptions() {
  if (policy.kind === 'default') {
    return {};
  }
  if ('maxAge' in fields) {
    fields.maxAge = String(fields.maxAge); // the option is a string
  }
  return { origin: originOption(policy.origins), ...fields };
}

const options = corsOptions();
const app = new H3();

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use((event) => {
      const answered = handleCors(event, options);
      if (answered !== false) {
        return answered;
      }
    });
  }
});
for (const { path, methods, answer } of routes) {
  for (const method of methods) {
    app.on(method, path, handlerOf(path, answer));
  }
}

function handlerOf(path, answer) {
  return (event) => {
    if (event.url.pathname !== path) {
      throw new HTTPError({ status: 404 }); // the router takes /dir for /dir/
    }
    const { status, headers, body } = answer(askedOfFetch(event.req));
    event.res.status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (name === 'Vary') {
        event.res.headers.append(name, value);
      } else {
        event.res.headers.set(name, value);
      }
    }
    return body;
  };
}

const server = serve(app, { port: 0, hostname: '127.0.0.1', silent: true });
await server.ready();
const mounted = `app.use((event) => {
  const answered = handleCors(event, ${source(options)})
  if (answered !== false) {
    return answered
  }
})
`;
announce({ port: Number(new URL(server.url).port), library: 'h3', config: mounted.repeat(layers).trimEnd(), unsupported });
