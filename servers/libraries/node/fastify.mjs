// The routes of the contract for Fastify.

import { added, askedOfNode } from './routes.mjs';

/** Lets a request have a body of any type, which is not read. */
export function takeAnyBody(app) {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, payload, done) => {
    payload.resume().on('end', () => done(null));
  });
}

/** Makes a handler of an answer. */
export function fastifyHandler(answer) {
  return async (request, reply) => {
    const { status, headers, body } = answer(askedOfNode(request.raw));
    for (const [name, value] of Object.entries(headers)) {
      reply.header(name, name === 'Vary' ? added(reply.getHeader('Vary'), value) : value);
    }
    return reply.code(status).send(body);
  };
}
