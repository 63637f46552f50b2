'use strict';

// "A development server has permissive CORS headers, but the production server
// does not": one app, and NODE_ENV decides, as Express itself reads it.

const express = require('express');
const app = express();

if (app.get('env') === 'development') {
  app.use((req, res, next) => {
    res.setHeader('Access-Control-Allow-Origin', '*');
    res.setHeader('Access-Control-Allow-Methods', '*');
    res.setHeader('Access-Control-Allow-Headers', '*');
    next();
  });
}

app.get('/data', (req, res) => res.json({ message: 'Data from the server' }));
app.put('/data', (req, res) => res.json({ message: 'Data stored' }));

require('./serve')(app);
