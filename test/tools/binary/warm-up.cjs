'use strict';
// node warm-up.cjs FOLDER: runs the demo from the parts in FOLDER and keeps what V8 compiled of each: PART.code beside PART.
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { partsFrom, textOf } = require('./parts.cjs');

const folder = process.argv[2];
const bytesOf = (name) => readFileSync(join(folder, name));
const { load, need, scripts } = partsFrom((name) => ({ bytes: bytesOf(name) }));

(async () => {
  process.env.NODE_ENV = 'production';
  need('./early.js').earlyText(['--help'], 80);
  const { main } = await load('./main.js');
  process.stdout.write = (text, ...more) => (more.at(-1)?.(), true);
  for (const words of [['--version'], ['--help'], ['steps', '--json'], ['demo'], ['source', folder]]) {
    const code = await main(words);
    if (code !== 0 && code !== 2) throw new Error(`${words.join(' ')} ended with ${code}`);
  }
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.js'))) {
    const script = scripts.get(name) ?? new Script(textOf(bytesOf(name)), { filename: `func-harden:${name}` });
    writeFileSync(join(folder, `${name}.code`), script.createCachedData());
  }
  process.exit();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
