// The option server.cors of Vite's development server. https://vite.dev/config/server-options#server-cors

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'vite';
import { announce, onceOnly, policy, refusable } from '../contract.mjs';
import { corsOptions } from '../cors-options.mjs';
import { source } from '../options.mjs';
import { answerTo, nodeHandler } from '../routes.mjs';

const folder = mkdtempSync(join(tmpdir(), 'corsproof-vite-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const { options, unsupported } = corsOptions(policy);
const cors = policy.origins.mode === 'none' && policy.kind === 'intent' ? false : options;

// routes are a plugin's middleware, which Vite runs after its own CORS.
const routes = {
  name: 'routes',
  configureServer({ middlewares }) {
    middlewares.use((request, response, next) => {
      const answer = answerTo(request.method, request.url.split('?')[0]);
      return answer ? nodeHandler(answer)(request, response) : next();
    });
  },
};

const server = await refusable(() =>
  createServer({
    configFile: false,
    root: folder,
    cacheDir: folder,
    appType: 'custom',
    logLevel: 'silent',
    optimizeDeps: { noDiscovery: true },
    plugins: [routes],
    server: { host: '127.0.0.1', port: 0, allowedHosts: true, hmr: false, watch: null, cors },
  }),
);
await server.listen();
const config = `export default defineConfig({\n  server: { ${cors === undefined ? '' : `cors: ${source(cors)}, `}allowedHosts: true },\n})`;
announce({ port: server.httpServer.address().port, library: 'vite', config, unsupported: [...unsupported, ...onceOnly] });
