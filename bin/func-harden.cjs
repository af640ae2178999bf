#!/usr/bin/env node
'use strict';
// Plain CommonJS that parses on any Node: it finds a Node that is new enough, then starts the bundle.
var path = require('path');
var version = process.versions.node.split('.').map(Number);
// The versions that the dependencies ask for (package.json, "engines").
var fits =
  (version[0] === 22 && (version[1] > 22 || (version[1] === 22 && version[2] >= 2))) ||
  (version[0] === 24 && version[1] >= 15) ||
  version[0] >= 26;

if (fits) {
  // Ink takes its colours from FORCE_COLOR alone, and React is several times slower without NODE_ENV.
  if (process.env.NO_COLOR) {
    process.env.FORCE_COLOR = '0';
    delete process.env.NO_COLOR;
  }
  process.env.NODE_ENV = 'production';
  if (require('module').enableCompileCache) require('module').enableCompileCache();
  // A reader that goes away must not end a run half-way: what it did not want to read is dropped.
  [process.stdout, process.stderr].forEach(function (stream) {
    stream.on('error', function (error) {
      unwritable(stream, error);
    });
  });
  import(require('url').pathToFileURL(path.join(__dirname, '..', 'dist', 'main.js')).href)
    .then(function (module) {
      return module.main(process.argv.slice(2));
    })
    .then(leave, function (error) {
      if (error && error.code === 'ERR_MODULE_NOT_FOUND' && !require('fs').existsSync(path.join(__dirname, '..', 'dist', 'main.js'))) {
        console.error('func-harden is not built yet. Run: npm run build');
      } else console.error(error);
      leave(1);
    });
} else {
  var newer;
  try {
    newer = require.resolve('node/bin/node' + (process.platform === 'win32' ? '.exe' : ''));
  } catch {
    newer = null;
  }
  if (newer && newer !== process.execPath && !process.env.FUNC_HARDEN_RELAUNCHED) {
    process.env.FUNC_HARDEN_RELAUNCHED = '1';
    var child = require('child_process').spawn(newer, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
    ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
      process.on(signal, function () {
        // Ctrl-C reaches the whole group; only what was sent to this process alone is handed on.
        if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
      });
    });
    child.on('exit', function (code, signal) {
      process.exitCode = code === null ? 128 + (require('os').constants.signals[signal] || 0) : code;
    });
  } else {
    console.error(
      'func-harden needs Node.js 22.22.2 or newer of version 22, 24.15 or newer of version 24, or 26; this is ' +
        process.version +
        '. Install Node.js 24 and run it again.',
    );
    process.exitCode = 1;
  }
}

/** A full disk behind stdout or stderr; a reader that went away is no fault. */
function unwritable(stream, error) {
  if (error.code === 'EPIPE' || error.code === 'EIO') return;
  if (stream !== process.stderr) console.error('ERROR: The output cannot be written (' + error.message + ').');
  process.exit(1);
}

/** All is said and done: once it is written, nothing is taken down piece by piece, which takes as long as half a start. */
function leave(code) {
  process.exitCode = code;
  process.stdout.write('', function () {
    // The last write may have failed just now, and its event has not come yet.
    if (process.stdout.errored) unwritable(process.stdout, process.stdout.errored);
    process.stderr.write('', function () {
      if (process.stderr.errored) unwritable(process.stderr, process.stderr.errored);
      process.exit();
    });
  });
}
