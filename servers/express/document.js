// The Express server of "Why isn't cross-domain policy applying?", scenario 1, as
// the text has it, with one difference: it listens on a free port and prints
// which (serve.js). Nothing is corrected: Express answers OPTIONS on its own,
// without running the handler below, and a spec says what Chrome makes of that.

const express = require('express');
const app = express();

app.get('/data', (req, res) => {
  res.setHeader('Access-Control-Allow-Origin', 'https://your-client.com');
  res.setHeader('Access-Control-Allow-Methods', 'GET, POST, OPTIONS');
  res.setHeader('Access-Control-Allow-Headers', 'Content-Type, Authorization');
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  res.json({ message: 'Data from the server' });
});

require('./serve')(app);
