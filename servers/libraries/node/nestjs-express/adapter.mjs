// enableCors of NestJS on Express. https://docs.nestjs.com/security/cors

import 'reflect-metadata';
import * as common from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express from 'express';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs';
import { moduleOf, slashed } from '../nest.mjs';
import { source } from '../options.mjs';
import { nodeHandler } from '../routes.mjs';

const { options, unsupported } = corsOptions(policy);
const platform = express();
platform.enable('strict routing'); // /dir is not /dir/
const app = await NestFactory.create(moduleOf(common, nodeHandler), new ExpressAdapter(platform), { bodyParser: false, logger: false });

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.enableCors(options);
  }
});
app.getHttpAdapter().get('/dir/', nodeHandler(slashed.answer)); // a controller loses the final slash
await app.listen(0, '127.0.0.1');
const config = `app.enableCors(${source(options)})\n`.repeat(layers).trimEnd();
announce({ port: app.getHttpServer().address().port, library: '@nestjs/platform-express', config, unsupported });
