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
  var compiled = compiledCode();
  if (compiled !== null && require('module').enableCompileCache) require('module').enableCompileCache(compiled);
  var together = path.join(__dirname, '..', 'dist', 'parts.cjs');
  require('./process.cjs').runCommand({
    load: function () {
      return require('./parts.cjs').partsFrom(partOf).load('./main.js');
    },
    early: function () {
      return require('fs').existsSync(together) ? require('../dist/early.cjs') : { earlyText: function () {} };
    },
    licences: function () {
      return require('fs').readFileSync(path.join(__dirname, '..', 'dist', 'LICENSES.txt'));
    },
    failed: function (error) {
      if (error && error.code === 'MODULE_NOT_FOUND' && !require('fs').existsSync(together))
        return 'func-harden is not built yet. Run: npm run build';
    },
  });
  // Small parts are in one file, each of the others in its own.
  function partOf(name) {
    const file = path.join(__dirname, '..', 'dist', name);
    return {
      run: require(together)[name] || (name.startsWith('mount-') ? requireWhole : require)(file.replace(/\.js$/, '.cjs')),
      meta: { url: require('url').pathToFileURL(file).href, filename: file, dirname: path.dirname(file) },
    };
  }
  // Node keeps the compiled code of the functions that V8 compiles while a file is loaded, and V8 compiles others at their first call, in
  // each process again. So V8 is told to compile all functions of the screen (React, Ink, the wizard): most of them draw the first frame.
  function requireWhole(file) {
    const v8 = require('v8');
    v8.setFlagsFromString('--no-lazy');
    try {
      return require(file);
    } finally {
      v8.setFlagsFromString('--lazy');
    }
  }
  /**
   * Returns the folder for compiled code; undefined for that of Node, null for none. Node's is in /tmp on Linux, and Node runs what lies
   * there, whichever account wrote it. So it is in the home folder, and is used only where no other account can write to it: with sudo, or
   * in a shared home folder, it may be that of another one.
   */
  function compiledCode() {
    if (process.platform !== 'linux' || process.env.NODE_COMPILE_CACHE) return undefined;
    const caches = process.env.XDG_CACHE_HOME || (process.env.HOME ? path.join(process.env.HOME, '.cache') : '');
    const own = path.join(caches, 'func-harden');
    return path.isAbsolute(caches) && isFolder(caches) && isFolder(own) && isPrivate(own) ? own : null;
  }
  function isPrivate(folder) {
    const known = require('fs').lstatSync(folder);
    return known.isDirectory() && known.uid === process.getuid() && (known.mode & 0o022) === 0;
  }
  /** Whether a folder is there or can be made. Node would make it, and tries forever below /proc. */
  function isFolder(folder) {
    const fs = require('fs');
    if (fs.existsSync(folder)) return true;
    try {
      // With sudo, a folder in the home folder of somebody else would belong to root.
      if (fs.statSync(path.dirname(folder)).uid !== process.getuid()) return false;
      fs.mkdirSync(folder, { mode: 0o700 });
      return true;
    } catch {
      return fs.existsSync(folder);
    }
  }
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
