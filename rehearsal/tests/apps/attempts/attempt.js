// tries to reach each `label|host|port`, and says how that went
const { spawn } = require('node:child_process');
const dgram = require('node:dgram');
const http = require('node:http');
const net = require('node:net');

function tcp(host, port) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 5000 });
    const end = (how) => () => { socket.destroy(); resolve(how); };
    socket.on('connect', end('reached')).on('error', end('refused')).on('timeout', end('timed out'));
  });
}

function udp(host, port) {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', () => resolve('refused'));
    socket.connect(port, host, (error) => (error ? resolve('refused') : socket.send('x', () => setTimeout(() => resolve('sent'), 100))));
  });
}

function emulator() {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID } = process.env;
  const credential = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0`;
  const headers = { 'authorization': credential, 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve) => {
    http.request(AWS_ENDPOINT_URL, { method: 'POST', headers }, (answer) => resolve(answer.statusCode === 200 ? 'reached' : answer.statusCode))
      .on('error', () => resolve('refused')).end('Action=GetCallerIdentity&Version=2011-06-15');
  });
}

// with no variable of ours
function child(host, port, detached) {
  const { PATH } = process.env;
  const started = spawn(process.execPath, [__filename, `again|${host}|${port}`], { detached, env: { PATH }, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => started.stdout.on('data', (data) => resolve(String(data).trim().split(' ').slice(1).join(' '))));
}

async function main() {
  for (const [label, host, port] of process.argv.slice(2).map((word) => word.split('|'))) {
    const how = label === 'emulator' ? emulator()
      : label === 'child' || label === 'detached' ? child(host, port, label === 'detached')
        : label === 'udp' ? udp(host, Number(port)) : tcp(host, Number(port));
    console.log(`${label} ${await how}`);
  }
  process.exit();
}
main();
