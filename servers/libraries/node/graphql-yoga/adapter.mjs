// The option cors of GraphQL Yoga. https://the-guild.dev/graphql/yoga-server/docs/features/cors

import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { announce, listen, onceOnly, policy, refusable } from '../contract.mjs';
import { source } from '../options.mjs';
import { answerTo, fetchHandler } from '../routes.mjs';
import { yogaOption } from '../yoga-options.mjs';

const { option: cors, unsupported, constants } = yogaOption(policy);

// The routes are a plugin: Yoga itself answers /graphql alone.
const routes = {
  onRequest({ request, url, fetchAPI, endResponse }) {
    const answer = answerTo(request.method, url.pathname);
    if (answer) {
      endResponse(fetchHandler(answer, fetchAPI.Response)(request));
    }
  },
};

const schema = createSchema({ typeDefs: 'type Query { ok: String }' });
const yoga = await refusable(() => createYoga({ schema, plugins: [routes], logging: false, ...(cors !== undefined && { cors }) }));

const port = await listen(createServer(yoga));
const config = `${constants}createYoga({ schema${cors === undefined ? '' : `, cors: ${source(cors)}`} })`;
announce({ port, library: 'graphql-yoga', config, unsupported: [...unsupported, ...onceOnly] });
