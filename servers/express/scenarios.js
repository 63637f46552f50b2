'use strict';

// The document's Express server with one thing changed at a time, each variant at
// a path of its own. CLIENT is the allowed origin.
//
// A variant sets its headers in a middleware, so every answer has them, the
// preflight's too: when Chrome refuses, that one change is the only possible
// reason. /on-the-route is the exception: it sets them as the document does.

const express = require('express');
const app = express();

const client = process.env.CLIENT || 'https://your-client.com';

const right = {
  'Access-Control-Allow-Origin': client,
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
  'Access-Control-Allow-Headers': 'Content-Type, Authorization',
  'Access-Control-Allow-Credentials': 'true',
};

const without = (...names) =>
  Object.fromEntries(Object.entries(right).filter(([name]) => !names.includes(name)));

const answer = (req, res) => res.json({ message: 'Data from the server', method: req.method });

function variant(path, headers) {
  app.use(path, (req, res, next) => {
    res.set(headers);
    next();
  });
  app.options(path, (req, res) => res.sendStatus(204));
  app.all(path, answer);
}

// The headers, right and wrong.
variant('/right', right);
variant('/no-headers', {});
variant('/no-origin', without('Access-Control-Allow-Origin'));
variant('/no-methods', without('Access-Control-Allow-Methods'));
variant('/no-allow-headers', without('Access-Control-Allow-Headers'));
variant('/wrong-origin', { ...right, 'Access-Control-Allow-Origin': 'https://another-client.com' });

// `*` as the origin and, in the last one, as the lists: with credentials it is
// not a wildcard.
variant('/wildcard', { ...without('Access-Control-Allow-Credentials'), 'Access-Control-Allow-Origin': '*' });
variant('/wildcard-with-credentials', { ...right, 'Access-Control-Allow-Origin': '*' });
variant('/wildcard-lists', { ...right, 'Access-Control-Allow-Methods': '*', 'Access-Control-Allow-Headers': '*' });

// Access-Control-Allow-Credentials is missing or wrong; /right has it right.
variant('/credentials-missing', without('Access-Control-Allow-Credentials'));
variant('/credentials-false', { ...right, 'Access-Control-Allow-Credentials': 'false' });

// Where the headers are set decides what the preflight gets. Set on the route
// only, they are missing there: Express answers OPTIONS on its own and the
// handler never runs. Set in a middleware, they are on that same answer, although
// nobody wrote a handler for OPTIONS.
app.get('/on-the-route', (req, res) => {
  res.set(right);
  answer(req, res);
});
app.post('/on-the-route', (req, res) => {
  res.set(right);
  answer(req, res);
});
app.use('/in-a-middleware', (req, res, next) => {
  res.set(right);
  next();
});
app.get('/in-a-middleware', answer);
app.post('/in-a-middleware', answer);

// Cookies: sets one of each kind, and answers with the names of the cookies that
// came. Values are never sent back.
app.use('/cookies/:what', (req, res, next) => {
  res.set(right);
  next();
});
app.get('/cookies/set', (req, res) => {
  res.append('Set-Cookie', 'none=1; Path=/; Secure; SameSite=None');
  res.append('Set-Cookie', 'lax=1; Path=/; Secure; SameSite=Lax');
  res.append('Set-Cookie', 'strict=1; Path=/; Secure; SameSite=Strict');
  res.append('Set-Cookie', 'default=1; Path=/; Secure');
  res.append('Set-Cookie', 'insecure=1; Path=/; SameSite=None');
  res.json({ message: 'Cookies set' });
});
app.get('/cookies/names', (req, res) => {
  const names = (req.headers.cookie || '').split('; ').filter(Boolean).map((pair) => pair.split('=')[0]);
  res.json({ cookies: names.sort() });
});

require('./serve')(app);
