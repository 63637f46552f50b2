// Version 6 of itty-router, which npm marks as deprecated. It loses the status of a Response: all are 200.

import { AutoRouter, cors } from 'itty-router';
import { serveItty } from '../itty.mjs';

await serveItty({ AutoRouter, cors, anyName: { methods: '*' } });
