'use strict';
/*
 * Preloaded into the command: knows each boundary of its journal and of its writes to Azure. At the boundary FUNC_HARDEN_KILL_AT it kills
 * the
 * process, like a power cut; without it, each boundary is reported on file descriptor 3, and the process waits for a byte on 4, so that the
 * test can inspect what a kill there would leave.
 */
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
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

// The shared undo log uses https; a lease leaves only its remaining time.
for (const protocol of [http, https]) {
  const request = protocol.request;
  protocol.request = function requested(...args) {
    const sent = request.apply(this, args);
    if (sent.method === 'GET' || /comp=lease/.test(sent.path)) return sent;
    const name = `${protocol === https ? 'log ' : ''}${sent.method}`;
    boundary(`before ${name}`);
    sent.prependListener('response', () => boundary(`answered ${name}`));
    return sent;
  };
}
syncBuiltinESMExports();
