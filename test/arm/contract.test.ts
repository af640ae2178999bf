/** Each write of the complete job, checked against Microsoft's resource schemas. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inside } from '../helpers/inside.ts';
import { SHARED } from '../helpers/recorded.ts';
import { CONFIRMED, strictAnswers } from '../helpers/strict.ts';
import { runName, temporaryFolder, world } from '../helpers/world.ts';

const run = promisify(execFile);
const CONTRACT = join(SHARED, 'contract');
const atHand = existsSync(join(CONTRACT, 'check-writes.mjs'));

test.skipIf(!atHand)(
  `every write passes Microsoft's schemas ${atHand ? '' : 'skipped: the checker is not at hand (../shared/contract)'}`,
  { timeout: 120_000 },
  async () => {
    const folder = await temporaryFolder();
    const log = join(folder, 'exchanges.ndjson');
    const here = await world({ logFile: log });
    const file = join(here.folder, 'answers.json');
    await writeFile(file, strictAnswers(await here.state()));
    const replay = await inside(here, ['replay', file, '--yes', ...CONFIRMED]);
    expect(replay, replay.stderr).toMatchObject({ code: 0 });
    expect((await inside(here, ['undo', runName(replay), '--yes', ...CONFIRMED])).code).toBe(0);

    const checker = join(folder, 'contract');
    await cp(CONTRACT, checker, { recursive: true });
    await run('chmod', ['-R', 'u+w', checker]);
    await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: checker });
    const { stdout } = await run(process.execPath, [join(checker, 'check-writes.mjs'), log]).catch((error: { stdout: string }) => error);
    expect(stdout.split('\n').filter((line) => /^\d/.test(line))).toEqual([expect.stringMatching(/^\d{3} writes checked, 0 findings$/)]);
  },
);
