// The option cors of GraphQL Yoga. https://the-guild.dev/graphql/yoga-server/docs/features/cors

import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { announce, listen, onceOnly, policy, refusable, unsupported as cannot } from '../contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from '../options.mjs';
import { answerTo, fetchHandler } from '../routes.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposedHeaders',
  maxAge: 'maxAge',
};
// Without methods and allowedHeaders, Yoga allows what the browser asks for.
const { options: fields, unsupported } = fieldOptions(policy, names, { methods: undefined, requestHeaders: undefined });

let pattern; // the function reads it

function corsOption() {
  if (policy.kind === 'default') {
    return undefined;
  }
  switch (policy.origins.mode) {
    case 'none':
      return false;
    case 'any':
      return { origin: '*', ...fields };
    case 'list':
      return { origin: oneOrMany(listed(policy.origins)), ...fields };
    default:
      if (policy.kind === 'verbatim') {
        cannot('origins.mode=regex'); // there is no option for a regular expression
      }
      [pattern] = patterns(policy.origins);
      return (request) => {
        const origin = request.headers.get('origin');
        return pattern.test(origin) && { origin, ...fields };
      };
  }
}

// The routes are a plugin: Yoga itself answers /graphql alone.
const routes = {
  onRequest({ request, url, fetchAPI, endResponse }) {
    const answer = answerTo(request.method, url.pathname);
    if (answer) {
      endResponse(fetchHandler(answer, fetchAPI.Response)(request));
    }
  },
};

const cors = corsOption();
const schema = createSchema({ typeDefs: 'type Query { ok: String }' });
const yoga = await refusable(() => createYoga({ schema, plugins: [routes], logging: false, ...(cors !== undefined && { cors }) }));

const port = await listen(createServer(yoga));
const known = pattern ? `const pattern = ${source(pattern)}\nconst fields = ${source(fields)}\n` : '';
const config = `${known}createYoga({ schema${cors === undefined ? '' : `, cors: ${source(cors)}`} })`;
announce({ port, library: 'graphql-yoga', config, unsupported: [...unsupported, ...onceOnly] });
