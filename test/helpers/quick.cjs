'use strict';
/*
 * Preloaded into the command: waits take a thousandth of their time. The product waits by its clock, which takes this
 * function when it is first used; limits of time, and what the libraries do, stay as they are.
 */
const timers = require('node:timers/promises');
const { syncBuiltinESMExports } = require('node:module');

const wait = timers.setTimeout;
timers.setTimeout = (milliseconds, ...rest) => wait(milliseconds / 1000, ...rest);
syncBuiltinESMExports();
