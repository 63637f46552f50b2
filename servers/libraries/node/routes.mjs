// The routes of the contract, without CORS. An answer is a function that gets what was
// asked and returns { status, headers, body }. nodeHandler and fetchHandler make a handler
// of it: for (request, response) of node:http, and for Request and Response of fetch.

const changing = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** All routes. HEAD is where GET is: most routers add it on their own. */
export const routes = [
  { path: '/ok', methods: changing, answer: ok },
  { path: '/json', methods: changing, answer: json },
  { path: '/options', methods: ['OPTIONS'], answer: options },
  { path: '/put-only', methods: ['PUT'], answer: plain },
  { path: '/boom', methods: ['GET', 'HEAD'], answer: boom },
  { path: '/auth', methods: [...changing, 'OPTIONS'], answer: auth },
  { path: '/dir/', methods: ['GET', 'HEAD'], answer: plain },
  { path: '/redir', methods: ['GET', 'HEAD'], answer: redirect },
  { path: '/own', methods: ['GET', 'HEAD'], answer: own },
  { path: '/cache', methods: ['GET', 'HEAD'], answer: cache },
  { path: '/cookie', methods: ['GET', 'HEAD'], answer: cookie },
  { path: '/echo', methods: ['GET', 'HEAD'], answer: echo },
  { path: '/count', methods: ['GET', 'HEAD'], answer: count },
];

/** The routes, one for each method, without HEAD. */
export const singly = routes.flatMap(({ path, methods, answer }) =>
  methods.filter((method) => method !== 'HEAD').map((method) => ({ path, method, answer })),
);

/** The answer to a request, or undefined where nothing is registered: for servers without a router. */
export function answerTo(method, path) {
  return routes.find((route) => route.path === path && route.methods.includes(method))?.answer;
}

const runs = {};

function ok({ method }) {
  runs[method] = (runs[method] ?? 0) + 1;
  return text(200, 'ok', { 'X-Total': '7', 'X-Hidden': '1', Vary: 'Accept-Encoding' });
}

function json() {
  return { status: 200, headers: { 'Content-Type': 'application/json', 'X-Total': '7', 'X-Hidden': '1' }, body: '{"ok":true}' };
}

function options() {
  return text(200, 'mine', { 'X-App-Options': '1' });
}

function plain() {
  return text(200, 'ok');
}

function boom() {
  throw new Error('boom');
}

function auth({ header }) {
  return header('authorization') ? text(200, 'ok') : text(401, 'login');
}

function redirect({ query }) {
  return { status: 302, headers: { Location: query('to') }, body: null };
}

function own() {
  return text(200, 'ok', { 'Access-Control-Allow-Origin': '*' });
}

function cache({ header }) {
  const headers = { 'Cache-Control': 'max-age=600', ETag: '"1"' };
  if (header('if-none-match') === '"1"') {
    return { status: 304, headers, body: null };
  }
  return text(200, 'kept', headers);
}

function cookie({ header }) {
  return text(200, header('cookie') ?? 'none', {
    'Set-Cookie': 'adapter=1; Path=/; Secure; SameSite=None',
    'Cache-Control': 'no-store',
  });
}

function echo({ query }) {
  return {
    status: 200,
    headers: { 'Content-Type': query('type'), 'Cache-Control': 'max-age=600' },
    body: Buffer.from(query('data'), 'base64url'),
  };
}

function count() {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(runs) };
}

function text(status, body, headers = {}) {
  return { status, headers: { 'Content-Type': 'text/plain', ...headers }, body };
}

/** What an answer wants to know of a request. */
export function asked(method, url, header) {
  const parameters = new URL(url, 'http://any.test').searchParams;
  return { method, header: (name) => header(name) ?? undefined, query: (name) => parameters.get(name) };
}

/** What was asked by a request of node:http. */
export function askedOfNode(request) {
  return asked(request.method, request.originalUrl ?? request.url, (name) => request.headers[name]);
}

/** What was asked by a Request of fetch. */
export function askedOfFetch(request) {
  return asked(request.method, request.url, (name) => request.headers.get(name));
}

/** Makes a handler of node:http. It adds to a Vary that is there. */
export function nodeHandler(answer) {
  return (request, response) => {
    const { status, headers, body } = answer(askedOfNode(request));
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, name === 'Vary' ? added(response.getHeader('Vary'), value) : value);
    }
    response.end(body);
  };
}

/** Makes a handler of fetch. A framework may have a Response of its own. */
export function fetchHandler(answer, Response = globalThis.Response) {
  return (request) => {
    const { status, headers, body } = answer(askedOfFetch(request));
    return new Response(body, { status, headers });
  };
}

/** Adds a name to the value of Vary. */
export function added(value, name) {
  if (value === '*') {
    return value; // it covers all names
  }
  return value ? `${value}, ${name}` : name;
}
