'use strict';

// a package of the AWS SDK for JavaScript, of what botocore knows of the service: the emulated AWS makes the calls

const http = require('node:http');
const { Readable } = require('node:stream');

async function bytesOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function encoded(value) {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return { $date: value.toISOString() };
  if (value instanceof ArrayBuffer) return { $bytes: Buffer.from(value).toString('base64') };
  if (ArrayBuffer.isView(value)) {
    return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }
  if (typeof value.pipe === 'function' || typeof value.getReader === 'function') {
    return { $bytes: (await bytesOf(value)).toString('base64') };
  }
  if (Array.isArray(value)) return Promise.all(value.map(encoded));
  const found = {};
  // null and undefined are not sent
  for (const [key, item] of Object.entries(value)) if (item !== undefined && item !== null) found[key] = await encoded(item);
  return found;
}

function blob(text) {
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  bytes.transformToString = (encoding = 'utf-8') => Buffer.from(bytes).toString(encoding);
  return bytes;
}

function stream(text) {
  const bytes = Buffer.from(text, 'base64');
  const body = Readable.from(bytes.length ? [bytes] : []);
  body.transformToString = async (encoding = 'utf-8') => bytes.toString(encoding);
  body.transformToByteArray = async () => new Uint8Array(bytes);
  body.transformToWebStream = () => Readable.toWeb(body);
  return body;
}

function decoded(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(decoded);
  if ('$date' in value) return new Date(value.$date);
  if ('$bytes' in value) return blob(value.$bytes);
  if ('$stream' in value) return stream(value.$stream);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decoded(item)]));
}

const given = async (value) => (typeof value === 'function' ? value() : value);

async function credentialsOf(config) {
  if (config.credentials) return given(config.credentials);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
  return { accessKeyId, secretAccessKey, sessionToken };
}

function post(key, service, region, body) {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/${service}/aws4_request`,
  };
  return new Promise((resolve, reject) => {
    const door = new URL('/.sdk-for-javascript', process.env.AWS_ENDPOINT_URL);
    const request = http.request(door, { method: 'POST', headers }, async (response) => {
      const text = (await bytesOf(response)).toString();
      if (response.statusCode === 200) resolve(JSON.parse(text));
      else reject(new Error(`not emulated: ${service}: ${text}`));
    });
    request.on('error', reject);
    request.end(body);
  });
}

module.exports = (description) => {
  const { service, called } = description;
  const exported = {};

  class ServiceException extends Error {
    constructor(options = {}) {
      super(options.message);
      Object.assign(this, options);
    }
  }
  exported[`${called}ServiceException`] = ServiceException;
  for (const name of description.errors) {
    exported[name] = { [name]: class extends ServiceException { constructor(options) { super({ name, ...options }); } } }[name];
  }

  function failure({ name, code, message, status }) {
    const Kind = exported[name]?.prototype instanceof ServiceException ? exported[name] : ServiceException;
    const $metadata = { httpStatusCode: status, attempts: 1, totalRetryDelay: 0 };
    return new Kind({ name, message, $fault: status < 500 ? 'client' : 'server', $metadata, Code: code });
  }

  class Client {
    constructor(config = {}) {
      this.config = { ...config, region: async () => (await given(config.region)) ?? process.env.AWS_REGION };
      this.config.credentials = async () => credentialsOf(config);
      this.middlewareStack = { add() {}, addRelativeTo() {}, use() {}, remove() {} };
    }

    async call(question) {
      const [region, { accessKeyId }] = [await this.config.region(), await this.config.credentials()];
      const body = JSON.stringify({ service, region, ...question, input: await encoded(question.input ?? {}) });
      const { output, error } = await post(accessKeyId, service, region, body);
      if (error) throw failure(error);
      const { ResponseMetadata, $next, ...rest } = output;
      const $metadata = { httpStatusCode: ResponseMetadata?.HTTPStatusCode ?? 200, attempts: 1, totalRetryDelay: 0 };
      const found = { ...decoded(rest), $metadata };
      Object.defineProperty(found, '$next', { value: $next, enumerable: false });
      return found;
    }

    send(command, ...more) {
      const answer = this.call({ operation: command.constructor.operation, input: command.input });
      const callback = more.find((item) => typeof item === 'function');
      if (!callback) return answer;
      answer.then((output) => callback(null, output), (error) => callback(error));
    }

    destroy() {}
  }
  exported[`${called}Client`] = { [`${called}Client`]: class extends Client {} }[`${called}Client`];
  const Aggregated = { [called]: class extends exported[`${called}Client`] {} }[called];
  exported[called] = Aggregated;

  for (const operation of description.operations) {
    const name = `${operation}Command`;
    exported[name] = { [name]: class { static operation = operation; constructor(input = {}) { this.input = input; } } }[name];
    Aggregated.prototype[operation[0].toLowerCase() + operation.slice(1)] = function (input, ...more) {
      return this.send(new exported[name](input), ...more);
    };
  }
  for (const operation of description.paged) {
    exported[`paginate${operation}`] = async function* ({ client }, input) {
      for (let more = {}; more; ) {
        const page = await client.send(new exported[`${operation}Command`]({ ...input, ...more }));
        yield page;
        more = page.$next && Object.keys(page.$next).length ? page.$next : undefined;
      }
    };
  }
  for (const waiter of description.waiters) {
    const wait = async ({ client }, input) => { await client.call({ waiter, input }); return { state: 'SUCCESS' }; };
    exported[`waitFor${waiter}`] = exported[`waitUntil${waiter}`] = wait;
  }
  return Object.assign(exported, description.enums);
};
module.exports.post = post;
