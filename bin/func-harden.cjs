#!/usr/bin/env node
'use strict';
// CommonJS that any version of Node can parse: finds a Node that is new enough, then starts the bundle.
var path = require('path');
var version = process.versions.node.split('.').map(Number);
// Versions that the dependencies require (package.json, "engines").
var fits =
  (version[0] === 22 && (version[1] > 22 || (version[1] === 22 && version[2] >= 2))) ||
  (version[0] === 24 && version[1] >= 15) ||
  version[0] >= 26;

if (fits) {
  if (require('module').enableCompileCache) require('module').enableCompileCache();
  var main = path.join(__dirname, '..', 'dist', 'main.js');
  require('./process.cjs').runCommand({
    load: function () {
      return import(require('url').pathToFileURL(main).href);
    },
    early: function () {
      return require('fs').existsSync(main) ? require('../dist/early.cjs') : { earlyText: function () {} };
    },
    licences: function () {
      return require('fs').readFileSync(path.join(__dirname, '..', 'dist', 'LICENSES.txt'));
    },
    failed: function (error) {
      if (error && error.code === 'ERR_MODULE_NOT_FOUND' && !require('fs').existsSync(main))
        return 'func-harden is not built yet. Run: npm run build';
    },
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
        // Ctrl-C reaches the whole process group, so only signals sent to this process alone are forwarded.
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
