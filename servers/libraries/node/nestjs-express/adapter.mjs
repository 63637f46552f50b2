// enableCors of NestJS on Express. https://docs.nestjs.com/security/cors

import 'reflect-metadata';
import * as common from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { announce, layers, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs';
import { moduleOf } from '../nest.mjs';
import { source } from '../options.mjs';
import { nodeHandler } from '../routes.mjs';

const { options, unsupported } = corsOptions(policy);
const app = await NestFactory.create(moduleOf(common, nodeHandler), { bodyParser: false, logger: false });
app.getHttpAdapter().getInstance().enable('strict routing'); // /dir is not /dir/

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.enableCors(options);
  }
});
await app.listen(0, '127.0.0.1');
const config = `app.enableCors(${source(options)})\n`.repeat(layers).trimEnd();
announce({ port: app.getHttpServer().address().port, library: '@nestjs/platform-express', config, unsupported });
