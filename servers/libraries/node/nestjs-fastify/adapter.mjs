// enableCors of NestJS on Fastify. https://docs.nestjs.com/security/cors

import 'reflect-metadata';
import * as common from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs'; // @fastify/cors has the option names of cors
import { fastifyHandler, takeAnyBody } from '../fastify.mjs';
import { moduleOf, slashed } from '../nest.mjs';
import { source } from '../options.mjs';

const { options, unsupported } = corsOptions(policy);
const app = await NestFactory.create(moduleOf(common, fastifyHandler), new FastifyAdapter(), { bodyParser: false, logger: false });
takeAnyBody(app.getHttpAdapter().getInstance());

await refusable(async () => {
  for (let layer = 0; layer < layers; layer++) {
    app.enableCors(options);
  }
  app.getHttpAdapter().get('/dir/', fastifyHandler(slashed.answer)); // a controller loses the final slash
  await app.listen(0, '127.0.0.1');
});
const config = `app.enableCors(${source(options)})\n`.repeat(layers).trimEnd();
announce({ port: app.getHttpServer().address().port, library: '@nestjs/platform-fastify', config, unsupported });
