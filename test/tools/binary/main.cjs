'use strict';
// Entry of the single file: the parts are its assets, and nothing is written to disk.
const { getRawAsset } = require('node:sea');
const { runCommand } = require('../../../bin/process.cjs');
const { partsInMemory } = require('./parts.cjs');

const { load, need } = partsInMemory((name) => ({
  bytes: Buffer.from(getRawAsset(name)),
  code: Buffer.from(getRawAsset(`${name} code`)),
}));
runCommand({
  load: () => load('./main.js'),
  early: () => need('./early.js'),
  licences: () => Buffer.from(getRawAsset('LICENSES.txt')),
});
