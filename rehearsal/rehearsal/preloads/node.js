'use strict';

// loaded by every Node.js of a rehearsal that nothing else seals: no way out but to the emulated AWS

const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const { constants } = require('node:os');
const { syncBuiltinESMExports } = require('node:module');
const { isIP } = require('node:net');

const { REHEARSAL_REFUSED, REHEARSAL_PORTS = '' } = process.env;
const PORTS = new Set(REHEARSAL_PORTS.split(',').map(Number));
const INHERITED = ['NODE_OPTIONS', 'PYTHONPATH', 'JAVA_TOOL_OPTIONS', 'REHEARSAL_REFUSED', 'REHEARSAL_PORTS']
  .map((name) => `${name}=${process.env[name]}`);

function refuse(host) {
  appendFileSync(REHEARSAL_REFUSED, `${host}\n`);
}

function text(address, port) {
  return `${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

// below net, http, tls and fetch
const { TCP } = process.binding('tcp_wrap');
for (const name of ['connect', 'connect6']) {
  const connect = TCP.prototype[name];
  TCP.prototype[name] = function (request, address, port) {
    if (address === '127.0.0.1' && PORTS.has(Number(port))) return connect.call(this, request, address, port);
    refuse(text(address, port));
    return -constants.errno.ECONNREFUSED;
  };
}

const { UDP } = process.binding('udp_wrap');
for (const name of ['connect', 'connect6']) {
  UDP.prototype[name] = (address, port) => {
    refuse(text(address, port));
    return -constants.errno.ECONNREFUSED;
  };
}
for (const name of ['send', 'send6']) {
  UDP.prototype[name] = (request, list, length, port, address) => {
    refuse(text(address, port));
    return -constants.errno.ECONNREFUSED;
  };
}

function notFound(host) {
  refuse(host);
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host });
}

function isHere(host) {
  return !host || host === 'localhost' || isIP(host) !== 0;
}

const { lookup } = dns;
dns.lookup = function (host, ...rest) {
  if (isHere(host)) return lookup.call(this, host, ...rest);
  process.nextTick(rest[rest.length - 1], notFound(host));
};
const { lookup: promised } = dns.promises;
dns.promises.lookup = async function (host, ...rest) {
  if (isHere(host)) return promised.call(this, host, ...rest);
  throw notFound(host);
};
for (const target of [dns, dns.Resolver.prototype]) {
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(target)).filter((key) => /^(resolve|reverse)/.test(key))) {
    target[name] = (host, ...rest) => process.nextTick(rest[rest.length - 1], notFound(host));
  }
}
for (const target of [dns.promises, dns.promises.Resolver.prototype]) {
  for (const name of Object.keys(Object.getOwnPropertyDescriptors(target)).filter((key) => /^(resolve|reverse)/.test(key))) {
    target[name] = async (host) => { throw notFound(host); };
  }
}
syncBuiltinESMExports();

// a child that is given other variables is given these too
function passOn(options) {
  if (!options?.envPairs) return;
  const names = new Set(options.envPairs.map((pair) => pair.split('=')[0]));
  options.envPairs.push(...INHERITED.filter((pair) => !names.has(pair.split('=')[0])));
}
const { Process } = process.binding('process_wrap');
const { spawn } = Process.prototype;
Process.prototype.spawn = function (options) {
  passOn(options);
  return spawn.call(this, options);
};
const sync = process.binding('spawn_sync');
const { spawn: spawnSync } = sync;
sync.spawn = (options) => {
  passOn(options);
  return spawnSync(options);
};
