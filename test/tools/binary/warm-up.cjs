'use strict';
// node warm-up.cjs FOLDER [wizard]: runs the demo from the parts in FOLDER and saves the code that V8 compiled for each part as PART.code.
// With `wizard` it runs on a terminal, using the code saved before.
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
const { partsInMemory, textOf } = require('./parts.cjs');

const [folder, way] = process.argv.slice(2);
const bytesOf = (name) => readFileSync(join(folder, name));
const codeOf = (name) => `${join(folder, name)}.code`;
const { load, need, scripts } = partsInMemory((name) => ({
  bytes: bytesOf(name),
  ...(existsSync(codeOf(name)) && { code: readFileSync(codeOf(name)) }),
}));

async function headless() {
  need('./early.js').earlyText(['--help'], 80);
  const { main } = await load('./main.js');
  process.stdout.write = (text, ...more) => (more.at(-1)?.(), true);
  for (const words of [['--version'], ['--help'], ['steps', '--json'], ['demo'], ['source', folder]]) {
    const code = await main(words);
    if (code !== 0 && code !== 2) throw new Error(`${words.join(' ')} ended with ${code}`);
  }
}

async function wizard() {
  const { main } = await load('./main.js');
  await main(['demo']);
}

(async () => {
  process.env.NODE_ENV = 'production';
  await (way === 'wizard' ? wizard() : headless());
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.js'))) {
    const script =
      scripts.get(name) ?? (existsSync(codeOf(name)) ? undefined : new Script(textOf(bytesOf(name)), { filename: `func-harden:${name}` }));
    if (script) writeFileSync(codeOf(name), script.createCachedData());
  }
  process.exit();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
