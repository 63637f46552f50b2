// The middleware cors in Express. https://github.com/expressjs/cors#readme

import { createServer } from 'node:http';
import cors from 'cors';
import express from 'express';
import { announce, layers, listen, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs';
import { source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

const { options, unsupported } = corsOptions(policy);
const app = express();
app.enable('strict routing'); // /dir is not /dir/

await refusable(() => {
  for (let layer = 0; layer < layers; layer++) {
    app.use(cors(options));
  }
});
for (const { path, methods, answer } of routes) {
  for (const method of methods) {
    app[method.toLowerCase()](path, nodeHandler(answer));
  }
}

const port = await listen(createServer(app));
const config = `app.use(cors(${source(options)}))\n`.repeat(layers).trimEnd();
announce({ port, library: 'cors', config, unsupported });
