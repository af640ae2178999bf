'use strict';
/*
 * Preloaded into the command: kills the process at the n-th boundary of its journal or of a write to Azure, as a power
 * cut would. FUNC_HARDEN_KILL_AT says which; without it the boundaries are only counted, into FUNC_HARDEN_KILL_COUNT.
 */
const fs = require('node:fs');
const http = require('node:http');
const { syncBuiltinESMExports } = require('node:module');

const at = Number(process.env.FUNC_HARDEN_KILL_AT || 0);
const names = [];
function boundary(name) {
  names.push(name);
  if (names.length === at) process.kill(process.pid, 'SIGKILL');
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

if (process.env.FUNC_HARDEN_KILL_COUNT)
  process.on('exit', () => fs.writeFileSync(process.env.FUNC_HARDEN_KILL_COUNT, JSON.stringify(names)));
