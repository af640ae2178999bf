'use strict';
// node warm-up.cjs FOLDER [wizard]: runs the demo from the parts in FOLDER and saves the code that V8 compiled for each part as PART.code.
// With `wizard` it runs on a terminal, using the code saved before; with `check` it fails if V8 would not take the code.
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const v8 = require('node:v8');
const { Script } = require('node:vm');
const { partsInMemory, textOf } = require('./parts.cjs');

// V8 takes compiled code only with the flags that it was made with, and a start has none: commands must set none here.
v8.setFlagsFromString = () => {};

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

const names = readdirSync(folder).filter((one) => one.endsWith('.js'));
const compiled = (name, cachedData) => new Script(textOf(bytesOf(name)), { filename: `func-harden:${name}`, cachedData });

(async () => {
  if (way === 'check') {
    const refused = names.filter((name) => compiled(name, readFileSync(codeOf(name))).cachedDataRejected);
    if (refused.length > 0) throw new Error(`V8 does not take the compiled code of ${refused.join(', ')}`);
    return;
  }
  process.env.NODE_ENV = 'production';
  await (way === 'wizard' ? wizard() : headless());
  for (const name of names) {
    const script = scripts.get(name) ?? (existsSync(codeOf(name)) ? undefined : compiled(name));
    if (script) writeFileSync(codeOf(name), script.createCachedData());
  }
  process.exit();
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
