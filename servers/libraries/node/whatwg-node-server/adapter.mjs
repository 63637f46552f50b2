// The plugin useCORS of @whatwg-node/server. https://github.com/ardatan/whatwg-node/tree/master/packages/server#readme

import { createServer } from 'node:http';
import { createServerAdapter, useCORS } from '@whatwg-node/server';
import { announce, layers, listen, policy, refusable } from '../contract.mjs';
import { source } from '../options.mjs';
import { answerTo, fetchHandler } from '../routes.mjs';
import { yogaOption } from '../yoga-options.mjs';

const { option, unsupported, constants } = yogaOption(policy);

// There is no router.
function handler(request) {
  const answer = answerTo(request.method, new URL(request.url).pathname);
  return answer ? fetchHandler(answer)(request) : new Response('Not Found', { status: 404 });
}

const adapter = await refusable(() => createServerAdapter(handler, { plugins: Array.from({ length: layers }, () => useCORS(option)) }));

const port = await listen(createServer(adapter));
const plugins = Array.from({ length: layers }, () => `useCORS(${source(option)})`).join(', ');
const config = `${constants}createServerAdapter(handler, { plugins: [${plugins}] })`;
announce({ port, library: '@whatwg-node/server', config, unsupported });
