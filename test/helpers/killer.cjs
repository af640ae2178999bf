'use strict';
/*
 * Preloaded into the command: knows each boundary of its journal and of its writes to Azure. At the one that
 * FUNC_HARDEN_KILL_AT says the process is killed, as a power cut would; without it, each boundary is named on file
 * descriptor 3, and the process stands still until a byte comes on 4: what a kill there would leave can be looked at.
 */
const fs = require('node:fs');
const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');

const at = Number(process.env.FUNC_HARDEN_KILL_AT || 0);
let count = 0;
function boundary(name) {
  count += 1;
  if (count === at) process.kill(process.pid, 'SIGKILL');
  if (at !== 0) return;
  fs.writeSync(3, `${name}\n`);
  fs.readSync(4, Buffer.alloc(1));
}

const open = fs.promises.open;
fs.promises.open = async function opened(path, ...rest) {
  const file = await open(path, ...rest);
  if (!String(path).endsWith('.jsonl')) return file;
  for (const method of ['appendFile', 'sync']) {
    const original = file[method].bind(file);
    file[method] = async (...args) => {
      boundary(`before ${method}`);
      await original(...args);
      boundary(`after ${method}`);
    };
  }
  return file;
};

const request = http.request;
http.request = function requested(...args) {
  const sent = request.apply(this, args);
  if (sent.method === 'GET') return sent;
  boundary(`before ${sent.method}`);
  sent.prependListener('response', () => boundary(`answered ${sent.method}`));
  return sent;
};
syncBuiltinESMExports();
