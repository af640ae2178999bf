'use strict';
// Sets up the process of the command, for the installed package and for the single-file binary. CommonJS that any version of Node can
// parse.

/**
 * Sets up the process, loads the command with `load`, runs it and exits with its exit code. `early` loads help and version, `licences`
 * returns the
 * texts of bundled packages; `failed` may describe a failure to load.
 */
exports.runCommand = function ({ load, early, licences, failed }) {
  if (process.argv.length === 3 && process.argv[2] === '--licenses') {
    if (!isWritten(licences())) leave(0);
    return;
  }
  var text = earlyText(early);
  if (text !== undefined && isWritten(text)) return;
  if (process.env.NODE_DEBUG) {
    console.error(
      'ERROR: NODE_DEBUG is set. With it, Node.js prints requests with their access tokens.\n  Run: unset NODE_DEBUG\n  To see the requests of func-harden without tokens, add --debug FILE.',
    );
    return leave(64);
  }
  // Ink decides about colors by FORCE_COLOR alone, and React is several times slower without NODE_ENV.
  if (process.env.NO_COLOR) {
    process.env.FORCE_COLOR = '0';
    delete process.env.NO_COLOR;
  }
  process.env.NODE_ENV = 'production';
  // With these, libraries write to stderr by themselves: across the screen, and with the password of a proxy. `--debug FILE` is for that.
  ['DEBUG', 'AZURE_LOG_LEVEL', 'TYPESPEC_RUNTIME_LOG_LEVEL'].forEach(function (name) {
    delete process.env[name];
  });
  // With it, Node.js sends access tokens to a server with any certificate. NODE_EXTRA_CA_CERTS adds the one of a company proxy.
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  watchStreams();
  // A command that never ends, because nothing is left to wait for, did not succeed.
  process.exitCode = 1;
  load()
    .then(function (module) {
      return module.main(process.argv.slice(2));
    })
    .then(leave, function (error) {
      console.error((failed && failed(error)) || error);
      leave(1);
    });
};

/** Returns whether the arguments look like a request for help or version; the loaded module decides. */
function earlyText(early) {
  const words = process.argv.slice(2);
  const isMaybe = words.some(function (word) {
    return /^(-h|--help|help|-V|--version)$/.test(word);
  });
  if (!isMaybe) return undefined;
  const isScreen = require('tty').isatty(1);
  return early().earlyText(words, isScreen ? process.stdout.columns : 80);
}

/**
 * Writes directly to the file descriptor of stdout, because creating the stream takes as long as the rest. The remainder of a partial write
 * goes through
 * the stream; false if nothing was written.
 */
function isWritten(text) {
  var rest = Buffer.from(text);
  const all = rest.length;
  try {
    while (rest.length > 0) rest = rest.subarray(require('fs').writeSync(1, rest));
  } catch (error) {
    if (error.code === 'EPIPE') process.exit();
    watchStreams();
    if (rest.length === all) return false;
    process.stdout.write(rest);
    leave(0);
    return true;
  }
  process.exit();
}

/** Whether output was lost, as to a full disk. */
var isLost = false;
var isWatched = false;

/** Keeps lost output from ending the process in the middle of a run. The command stops by itself; the remaining output is dropped. */
function watchStreams() {
  if (isWatched) return;
  isWatched = true;
  [process.stdout, process.stderr].forEach(function (stream) {
    stream.on('error', function (error) {
      reportLost(stream, error);
    });
  });
}

/** Reports a full disk behind stdout or stderr; a closed reader is not an error. */
function reportLost(stream, error) {
  if (isLost || error.code === 'EPIPE' || error.code === 'EIO') return;
  isLost = true;
  if (stream === process.stderr) return;
  console.error('ERROR: The output cannot be written (' + error.message + ').');
  // The name of a run may be in the lost output.
  if (/^(replay|undo|resume)$/.test(process.argv[2] || ''))
    console.error('  If changes were sent, the undo log has them. To show its newest run: func-harden history last');
}

/** Exits once all output is written, without a cleanup, which would take half as long as a start. */
function leave(code) {
  process.stdout.write('', function () {
    // The last write may have failed without its event having been delivered yet.
    if (process.stdout.errored) reportLost(process.stdout, process.stdout.errored);
    process.stderr.write('', function () {
      if (process.stderr.errored) reportLost(process.stderr, process.stderr.errored);
      process.exit(code || (isLost ? 1 : 0));
    });
  });
}
