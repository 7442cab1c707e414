// what Lambda's Node.js does with one invocation: the folder with the request is the argument, its result goes there

import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2];
const { event, handler, context: known, seconds, answeredAt, endpoint } = JSON.parse(fs.readFileSync(path.join(folder, 'request.json'), 'utf8'));

// what is put to CloudFormation's bucket arrives, although nobody here has its certificate
const emulator = new URL(endpoint);
function redirected(args) {
  const [first, second] = args;
  const url = typeof first === 'string' ? new URL(first) : first instanceof URL ? first : undefined;
  const named = url ? { hostname: url.hostname, path: url.pathname + url.search } : {};
  const options = { ...named, ...(url ? typeof second === 'object' && second : first) };
  if ((options.hostname ?? options.host)?.split(':')[0] !== answeredAt) return undefined;
  const callback = args.find((item) => typeof item === 'function');
  const { hostname, port } = emulator;
  return [{ ...options, protocol: 'http:', host: hostname, hostname, port, agent: undefined }, callback];
}
const { request } = https;
https.request = (...args) => { const found = redirected(args); return found ? http.request(...found) : request(...args); };
https.get = (...args) => { const made = https.request(...args); made.end(); return made; };
syncBuiltinESMExports();
const { fetch } = globalThis;
globalThis.fetch = (resource, ...rest) => {
  const url = typeof resource === 'string' || resource instanceof URL ? new URL(resource) : undefined;
  return url?.hostname === answeredAt ? fetch(new URL(url.pathname + url.search, endpoint), ...rest) : fetch(resource, ...rest);
};

function end(result) {
  fs.writeFileSync(path.join(folder, 'result.json'), JSON.stringify(result));
  // what is not awaited is lost: Lambda freezes the function
  process.exit(0);
}
const succeed = (value) => end({ value: value === undefined ? null : value });
function fail(error) {
  const told = error instanceof Error || error?.message ? error : new Error(String(error));
  console.error(told.stack ?? told.message);
  end({ error: { errorType: told.name ?? 'Error', errorMessage: told.message, trace: String(told.stack ?? '').split('\n') } });
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const over = Date.now() + seconds * 1000;
const late = `RequestId: ${known.awsRequestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
setTimeout(() => end({ error: { errorType: 'Sandbox.Timedout', errorMessage: late } }), seconds * 1000).unref();
const context = {
  ...known,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, over - Date.now()),
  done: (error, value) => (error ? fail(error) : succeed(value)),
  succeed,
  fail,
};

function fileOf(name) {
  for (const ending of ['.js', '.mjs', '.cjs']) if (fs.existsSync(name + ending)) return name + ending;
  throw Object.assign(new Error(`Cannot find module '${path.basename(name)}'`), { name: 'Runtime.ImportModuleError' });
}

try {
  const [, folderOf, file, names] = /^(.*\/)?([^.]*)\.(.*)$/.exec(handler);
  const loaded = await import(pathToFileURL(fileOf(path.resolve(process.cwd(), folderOf ?? '', file))).href);
  const find = (module) => names.split('.').reduce((found, name) => found?.[name], module);
  const called = find(loaded) ?? find(loaded.default);
  if (typeof called !== 'function') {
    throw Object.assign(new Error(`${handler} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  let value;
  const callback = (error, answer) => {
    if (error) return fail(error);
    if (!context.callbackWaitsForEmptyEventLoop) succeed(answer);
    value = answer;
  };
  // a handler without a promise ends when nothing is left to do
  process.on('beforeExit', () => succeed(value));
  const returned = called(event, context, callback);
  if (typeof returned?.then === 'function') succeed(await returned);
} catch (error) {
  fail(error);
}
