// A server for libraries that are made for fetch(request) and bring no server for Node.

import { createServer } from 'node:http';

/** Serves fetch. Request and Response are those of Node. No route needs the body of a request. */
export function fetchServer(fetch) {
  return createServer((incoming, outgoing) => {
    answer(fetch, incoming, outgoing).catch((error) => {
      console.error(error);
      outgoing.destroy();
    });
  });
}

async function answer(fetch, incoming, outgoing) {
  const response = await fetch(requestOf(incoming));
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    outgoing.appendHeader(name, value);
  }
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function requestOf({ method, url, rawHeaders, headers }) {
  const all = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    all.append(rawHeaders[i], rawHeaders[i + 1]);
  }
  return new Request(`http://${headers.host}${url}`, { method, headers: all });
}
