'use strict';
// CommonJS that any version of Node can parse, because an old Node would fail later with an unclear error.

/** Returns why this Node cannot be used; undefined if it can. `wanted` as in package.json: `^22.22.2 || >=26.0.0`. */
function problemOf(version, wanted) {
  const [major, minor, patch] = version.split('.').map(Number);
  const fits = wanted.split(' || ').some((range) => {
    const [, sign, from, least, last] = /^(\^|>=)(\d+)\.(\d+)\.(\d+)$/.exec(range);
    if (major !== Number(from)) return sign === '>=' && major > Number(from);
    return minor > Number(least) || (minor === Number(least) && patch >= Number(last));
  });
  if (fits) return undefined;
  const versions = wanted
    .replace(/[\^>=]/g, '')
    .split(' || ')
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
  return `The tests need Node.js ${versions} and newer, and this is ${version}: run npm ci, which brings one, and start them with npm test.`;
}

module.exports = { problemOf };

if (require.main === module) {
  const problem = problemOf(process.versions.node, require('../../package.json').engines.node);
  if (problem) {
    console.error(problem);
    process.exitCode = 1;
  }
}
