'use strict';
// What the single file runs: the parts are assets of it, and nothing is written to disk.
const { getRawAsset } = require('node:sea');
const { runCommand } = require('../../../bin/process.cjs');
const { partsFrom } = require('./parts.cjs');

const { load, need } = partsFrom((name) => ({
  bytes: Buffer.from(getRawAsset(name)),
  code: Buffer.from(getRawAsset(`${name} code`)),
}));
runCommand({
  load: () => load('./main.js'),
  early: () => need('./early.js'),
  licences: () => Buffer.from(getRawAsset('LICENSES.txt')),
});
