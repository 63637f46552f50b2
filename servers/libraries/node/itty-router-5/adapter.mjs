// Version 5 of itty-router.

import { AutoRouter, cors } from 'itty-router';
import { serveItty } from '../itty.mjs';

// Without allowHeaders, this version allows the headers that the browser asks for.
await serveItty({ AutoRouter, cors, anyName: { methods: '*', requestHeaders: undefined } });
