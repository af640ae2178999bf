// Sends the same requests without any other work: each wave at once, the next one after the last answer.
// node raw-http.cjs WAVES, a file of [[{ method, url, body }]], with the token in ACCESS_TOKEN; prints the elapsed milliseconds.
'use strict';
const http = require('http');
const waves = JSON.parse(require('fs').readFileSync(process.argv[2], 'utf8'));
const agent = new http.Agent({ keepAlive: true });

const ask = ({ method, url, body }) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${process.env.ACCESS_TOKEN}`, ...(body && { 'content-type': 'application/json' }) };
    const request = http.request(url, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (text += part));
      response.on('end', () => resolve(JSON.parse(text || 'null')));
    });
    request.on('error', reject);
    request.end(body ? JSON.stringify(body) : undefined);
  });

(async () => {
  const began = performance.now();
  for (const wave of waves) await Promise.all(wave.map(ask));
  console.log(performance.now() - began);
  process.exit();
})();
