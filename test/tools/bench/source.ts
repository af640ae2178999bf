/** Measures reading two thousand Terraform files, compared with only parsing the same texts. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadGrammars } from '../../../src/files/grammars.ts';
import { readSourceTree } from '../../../src/files/source-tree.ts';
import { readCode } from '../../../src/source/code.ts';
import { hclParser } from '../../../src/source/terraform/hcl.ts';
import { terraformMembers } from '../../../src/contract/index.ts';
import { Language, Parser } from 'web-tree-sitter';
import '../../../steps/index.ts';
import { figureOf, type Figure } from './measure.ts';

const FILES = 2000;

const fileOf = (index: number): string => `resource "azurerm_service_plan" "plan_${index}" {
  name     = "plan-${index}"
  os_type  = "Linux"
  sku_name = "EP1"
}

resource "azurerm_linux_function_app" "app_${index}" {
  name                       = "fn-${index}"
  service_plan_id            = azurerm_service_plan.plan_${index}.id
  storage_account_name       = "st${index}"
  storage_account_access_key = "x"
  https_only                 = false

  site_config {
    minimum_tls_version = "1.0"
    ftps_state          = "AllAllowed"
  }

  app_settings = {
    ASPNETCORE_ENVIRONMENT = "Development"
  }
}
`;

/** Milliseconds of processor time: other processes do not count, and parallel work counts twice. */
function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** @param smoke few files, once */
export async function sourceFigures(smoke: boolean): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'func-harden-source-'));
  const count = smoke ? 20 : FILES;
  try {
    for (let index = 0; index < count; index++) {
      const own = join(folder, `part-${Math.floor(index / 20)}`);
      await mkdir(own, { recursive: true });
      await writeFile(join(own, `app-${index}.tf`), fileOf(index));
    }
    const grammars = await loadGrammars();
    const [bare, whole]: [number[], number[]] = [[], []];
    for (let run = 0; run < (smoke ? 1 : 5); run++) {
      const { files } = await readSourceTree(folder);
      await Parser.init({ wasmBinary: grammars.runtime });
      const parser = new Parser();
      parser.setLanguage(await Language.load(grammars.language));
      let start = process.cpuUsage();
      for (const text of files.values()) parser.parse(text)?.delete();
      bare.push(cpuSince(start));
      start = process.cpuUsage();
      const tree = await readSourceTree(folder);
      await readCode(tree.files, { hcl: () => hclParser(grammars), members: terraformMembers(), settable: [] });
      whole.push(cpuSince(start));
    }
    const baseline = { name: 'a bare parse', median: figureOf('', bare).median };
    const read = figureOf(`${count} files of Terraform read (processor time)`, whole, { baseline, goal: '2 s' });
    return [figureOf(`${count} files parsed and nothing else (processor time)`, bare), { ...read, met: read.median < 2000 }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
