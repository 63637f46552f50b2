// The options of useCORS of @whatwg-node/server, which GraphQL Yoga hands on to it.

import { unsupported as cannot } from './contract.mjs';
import { fieldOptions, listed, oneOrMany, patterns, source } from './options.mjs';

const names = {
  credentials: 'credentials',
  methods: 'methods',
  requestHeaders: 'allowedHeaders',
  exposeHeaders: 'exposedHeaders',
  maxAge: 'maxAge',
};

/**
 * The option for a policy, which is undefined for the kind default, the fields without an option, and, as a program has
 * them, the constants that the option reads.
 */
export function yogaOption(policy) {
  if (policy.kind === 'default') {
    return { option: undefined, unsupported: [], constants: '' };
  }
  // Without methods and allowedHeaders, the plugin allows what the browser asks for.
  const { options: fields, unsupported } = fieldOptions(policy, names, { methods: undefined, requestHeaders: undefined });
  switch (policy.origins.mode) {
    case 'none':
      return { option: false, unsupported, constants: '' };
    case 'any':
      return { option: { origin: '*', ...fields }, unsupported, constants: '' };
    case 'list':
      return { option: { origin: oneOrMany(listed(policy.origins)), ...fields }, unsupported, constants: '' };
    default:
      return byPattern(policy, fields, unsupported);
  }
}

function byPattern(policy, fields, unsupported) {
  if (policy.kind === 'verbatim') {
    cannot('origins.mode=regex'); // there is no option for a regular expression
  }
  const [pattern] = patterns(policy.origins);
  const option = (request) => {
    const origin = request.headers.get('origin');
    return pattern.test(origin) && { origin, ...fields };
  };
  return { option, unsupported, constants: `const pattern = ${source(pattern)}\nconst fields = ${source(fields)}\n` };
}
