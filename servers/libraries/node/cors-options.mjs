// The options of the package cors, for all adapters of frameworks that hand them on to it.
// https://github.com/expressjs/cors#configuration-options

import { fieldOptions, listed, oneOrMany, patterns } from './options.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposedHeaders',
  maxAge: 'maxAge',
};

// Without allowedHeaders, cors allows the headers that the browser asks for.
const anyName = { requestHeaders: undefined };

/** The options for a policy, which are undefined for the kind default, and the fields without an option. */
export function corsOptions(policy) {
  if (policy.kind === 'default') {
    return { options: undefined, unsupported: [] };
  }
  const { options, unsupported } = fieldOptions(policy, names, anyName);
  return { options: { origin: originOption(policy.origins), ...options }, unsupported };
}

function originOption(origins) {
  switch (origins.mode) {
    case 'none':
      return false;
    case 'any':
      return '*';
    case 'list':
      return oneOrMany(listed(origins));
    default:
      return oneOrMany(patterns(origins));
  }
}
