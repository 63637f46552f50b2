// The option cors of Socket.IO. https://socket.io/docs/v4/handling-cors/
//
// Socket.IO answers below its path alone. So its path is the root here, and the routes are an Express application that
// its HTTP long-polling runs after its own CORS, as io.engine.use documents: https://socket.io/docs/v4/server-api/

import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';
import { announce, listen, onceOnly, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs';
import { source } from '../options.mjs';
import { nodeHandler, routes } from '../routes.mjs';

const { options: cors, unsupported } = corsOptions(policy);
const app = express();
app.enable('strict routing'); // /dir is not /dir/
for (const { path, methods, answer } of routes) {
  for (const method of methods) {
    app[method.toLowerCase()](path, nodeHandler(answer));
  }
}

const options = { path: '/', ...(cors && { cors }) };
const written = source(options); // Socket.IO adds to the options
const server = createServer();
const io = await refusable(() => new Server(server, options));
io.engine.use((request, response) => app(request, response)); // Express itself answers 404 and errors

const port = await listen(server);
const config = `const io = new Server(httpServer, ${written})\nio.engine.use((request, response) => app(request, response))`;
announce({ port, library: 'socket.io', config, unsupported: [...unsupported, ...onceOnly] });
