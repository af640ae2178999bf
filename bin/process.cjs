'use strict';
// What surrounds the command in its process, the same for the installed package and for the single file. Plain CommonJS that parses on any Node.

/**
 * Sets the process up, loads the command with `load`, runs it and leaves with its exit code. `early` loads what prints help and version, `licences` returns the
 * texts of what is bundled; `failed` may put a failure to load into words.
 */
exports.runCommand = function ({ load, early, licences, failed }) {
  if (process.argv.length === 3 && process.argv[2] === '--licenses') {
    process.stdout.write(licences());
    return;
  }
  var text = earlyText(early);
  if (text !== undefined && isWritten(text)) return;
  // Ink takes its colours from FORCE_COLOR alone, and React is several times slower without NODE_ENV.
  if (process.env.NO_COLOR) {
    process.env.FORCE_COLOR = '0';
    delete process.env.NO_COLOR;
  }
  process.env.NODE_ENV = 'production';
  // A reader that goes away must not end a run half-way: what it did not want to read is dropped.
  [process.stdout, process.stderr].forEach(function (stream) {
    stream.on('error', function (error) {
      unwritable(stream, error);
    });
  });
  load()
    .then(function (module) {
      return module.main(process.argv.slice(2));
    })
    .then(leave, function (error) {
      console.error((failed && failed(error)) || error);
      leave(1);
    });
};

/** Help and version are asked for in words that nothing else has; whether it is so is found out there. */
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
 * Straight to where stdout leads: making the stream takes as long as all the rest. What does not fit at once goes the long way; false
 * where nothing was written.
 */
function isWritten(text) {
  var rest = Buffer.from(text);
  const all = rest.length;
  try {
    while (rest.length > 0) rest = rest.subarray(require('fs').writeSync(1, rest));
  } catch (error) {
    if (error.code === 'EPIPE') process.exit();
    if (rest.length === all) return false;
    process.stdout.write(rest);
    return true;
  }
  process.exit();
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
