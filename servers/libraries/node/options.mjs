// From a policy to the options of a library, and from options to the text that a user would
// write: the same object is passed to the library and printed.

/**
 * The options for the fields of a policy other than origins.
 *
 * names has the option for each field: { credentials: 'credentials', requestHeaders: 'allowedHeaders' }.
 * anyName has, for a list, the documented value of the option that means any name. A value of undefined says
 * that the option means any name while it is absent.
 * A field without an option, and "*" without such a value, are unsupported.
 */
export function fieldOptions(policy, names, anyName = {}) {
  const options = {};
  const unsupported = [];
  for (const field of ['credentials', 'methods', 'requestHeaders', 'exposeHeaders', 'maxAge']) {
    const value = policy[field];
    if (value === undefined) {
      continue;
    }
    if (value === '*' && field in anyName) {
      Object.assign(options, anyName[field] !== undefined && { [names[field]]: anyName[field] });
    } else if (value === '*' || !(field in names)) {
      unsupported.push(field);
    } else {
      options[names[field]] = value;
    }
  }
  return { options, unsupported };
}

/** The origins of a list: "null" is one of them where opaque origins may read. */
export function listed({ values, allowNull }) {
  return allowNull ? [...values, 'null'] : values;
}

/** One string, where there is only one: the form that users write then. */
export function oneOrMany(list) {
  return list.length === 1 ? list[0] : list;
}

/** The field that a library whose option is one origin cannot express, or undefined. */
export function beyondOneOrigin({ mode, values, allowNull }) {
  if (mode === 'any' || (mode === 'list' && values.length === 1 && !allowNull)) {
    return undefined;
  }
  return allowNull ? 'origins.allowNull' : `origins.mode=${mode}`;
}

/** The regular expressions of the modes subdomains and regex. */
export function patterns({ mode, values }) {
  return values.map((value) => (mode === 'subdomains' ? children(value) : new RegExp(value)));
}

/** Matches the children of an origin, such as https://x.example.test of https://example.test. */
function children(origin) {
  const [scheme, host] = origin.split('://');
  return new RegExp(`^${scheme}://[a-z0-9-]+\\.${host.replaceAll('.', '\\.')}$`);
}

/** Writes a value as a program has it. */
export function source(value) {
  if (Array.isArray(value)) {
    return `[${value.map(source).join(', ')}]`;
  }
  if (value instanceof RegExp || typeof value === 'function') {
    return value.toString();
  }
  if (value !== null && typeof value === 'object') {
    return Object.keys(value).length === 0 ? '{}' : `{ ${Object.entries(value).map(([name, item]) => `${key(name)}: ${source(item)}`).join(', ')} }`;
  }
  return value === undefined ? '' : JSON.stringify(value);
}

function key(name) {
  return /^\w+$/.test(name) ? name : JSON.stringify(name);
}
