// Serves a given program: the default export of the file in CORSPROOF_TEXT is the application.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { announce, listen } from '../contract.mjs';

const { CORSPROOF_TEXT: file, CORSPROOF_LIBRARY: library } = process.env;
const { default: app } = await import(pathToFileURL(file));
const packaged = join(dirname(file), 'node_modules', library, 'package.json');
const { version } = JSON.parse(readFileSync(packaged, 'utf8'));
announce({ port: await serve(), library, version, config: 'given' });

// Fastify has a server of its own.
async function serve() {
  if (typeof app === 'function') {
    return listen(createServer(app));
  }
  await app.listen({ port: 0, host: '127.0.0.1' });
  return app.server.address().port;
}
