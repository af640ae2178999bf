'use strict';
/*
 * Preloaded into the command: time passes four times faster, for who waits and for who takes its time, so that both stand to
 * each other as they do without it. Limits of time, and what the libraries do, stay as they are.
 */
const timers = require('node:timers/promises');
const { syncBuiltinESMExports } = require('node:module');

// Faster than that, a busy machine is done before it has to wait.
const SPEED = 4;
const wait = timers.setTimeout;
timers.setTimeout = (milliseconds, ...rest) => wait(milliseconds / SPEED, ...rest);
syncBuiltinESMExports();

const Real = Date;
const began = Real.now();
const now = () => began + (Real.now() - began) * SPEED;
globalThis.Date = class extends Real {
  constructor(...parts) {
    super(...(parts.length === 0 ? [now()] : parts));
  }
  static now() {
    return now();
  }
};
