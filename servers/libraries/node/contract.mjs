// What the adapters in Node share: they read the policy, announce themselves in one line,
// and end when their standard input ends. ../README.md is the contract.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: flags } = parseArgs({
  options: { policy: { type: 'string' }, upstream: { type: 'string' } },
});

/** The policy to configure. */
export const policy = JSON.parse(readFileSync(flags.policy, 'utf8'));

/** How often the library is mounted, one layer inside the other. */
export const layers = policy.layers === 'both' ? 2 : 1;

/** The layers field, for a library that can be mounted only once. */
export const onceOnly = layers > 1 ? ['layers'] : [];

// Nothing outlives the program that started it, even if that program is killed.
const end = () => process.exit(0);
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end).on('SIGINT', end);

/** Says that the library answers. Empty lists are not announced. */
export function announce({ port, library, version = versionOf(library), config, unsupported = [] }) {
  say({ ready: true, port, library, version, config, ...(unsupported.length > 0 && { unsupported }) });
}

/** Ends the program: the library cannot express the policy. */
export function unsupported(...fields) {
  say({ unsupported: fields });
  process.exit(0);
}

/**
 * Calls mount. An error of it is the library's refusal of the policy, and ends the program.
 * Frameworks that load plugins later throw such an error where no caller can catch it.
 */
export async function refusable(mount) {
  process.once('uncaughtException', refused);
  try {
    return await mount();
  } catch (error) {
    return refused(error);
  } finally {
    process.off('uncaughtException', refused);
  }
}

function refused(error) {
  say({ refused: error.message });
  process.exit(0);
}

/** Starts an HTTP server on a free port, which it returns. */
export function listen(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

/** The version of a package that is installed for this adapter. */
export function versionOf(name) {
  const folder = dirname(process.argv[1]);
  return createRequire(import.meta.url)(join(folder, 'node_modules', name, 'package.json')).version;
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
