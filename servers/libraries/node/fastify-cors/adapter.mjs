// The plugin @fastify/cors. https://github.com/fastify/fastify-cors#readme

import cors from '@fastify/cors';
import Fastify from 'fastify';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs'; // @fastify/cors has the option names of cors
import { fastifyHandler, takeAnyBody } from '../fastify.mjs';
import { source } from '../options.mjs';
import { singly } from '../routes.mjs';

const { options, unsupported } = corsOptions(policy);
const app = Fastify();
takeAnyBody(app);

await refusable(async () => {
  await app.register(cors, options);
  await app.register(application);
  await app.ready();
});

// application is an encapsulated context, which is where a second layer could be mounted.
async function application(context) {
  if (layers > 1) {
    await context.register(cors, options);
  }
  for (const { method, path, answer } of singly) {
    context.route({ method, url: path, handler: fastifyHandler(answer) });
  }
}

await app.listen({ port: 0, host: '127.0.0.1' });
const config = `await app.register(cors${options ? `, ${source(options)}` : ''})`;
announce({ port: app.server.address().port, library: '@fastify/cors', config, unsupported });
