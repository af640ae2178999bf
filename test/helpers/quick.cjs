'use strict';
/*
 * Preloaded into the command: waits take a thousandth of their time. The product waits with its clock, which uses this
 * function at its first use; time limits and libraries are not changed.
 */
const timers = require('node:timers/promises');
const { syncBuiltinESMExports } = require('node:module');

const wait = timers.setTimeout;
timers.setTimeout = (milliseconds, ...rest) => wait(milliseconds / 1000, ...rest);
syncBuiltinESMExports();
