// A NestJS application whose only controller has the routes of the contract. Each adapter passes the classes and
// decorators of its own installation.

import { routes } from './routes.mjs';

/** The route that a controller cannot have: Nest removes the final slash of a path. */
export const slashed = routes.find(({ path }) => path.endsWith('/'));

const others = routes.filter((route) => route !== slashed);

/** Makes the class of a module. handle makes, of an answer, a handler of the platform's request and response. */
export function moduleOf({ Controller, Module, Req, RequestMapping, RequestMethod, Res }, handle) {
  class Contract {}
  Controller()(Contract);
  others.forEach(({ path, methods, answer }, i) => {
    for (const method of methods.filter((name) => name !== 'HEAD')) {
      const name = `${method.toLowerCase()}${i}`;
      const handler = handle(answer);
      Contract.prototype[name] = function (request, response) {
        return handler(request, response);
      };
      Req()(Contract.prototype, name, 0);
      Res()(Contract.prototype, name, 1);
      RequestMapping({ path, method: RequestMethod[method] })(Contract.prototype, name, Object.getOwnPropertyDescriptor(Contract.prototype, name));
    }
  });

  class Application {}
  Module({ controllers: [Contract] })(Application);
  return Application;
}
