/** Reads all code of a folder tree: Terraform, ARM templates, Bicep. */
import { isCompiled, isTemplate, linkedTemplates, parametersIn, templateResources } from './arm-template.ts';
import { bicepParameters, bicepResources } from './bicep.ts';
import { type Declared, joined, NOTHING_DECLARED } from './declared.ts';
import { declaredBy, type Settable } from './shaped.ts';
import { newEffort, whyTooMuch } from './effort.ts';
import type { ParseHcl } from './terraform/hcl.ts';
import { terraformCode, type TerraformState } from './terraform/read.ts';
import type { Files, Value } from './value.ts';

interface CodeOptions {
  /** Loads the Terraform parser, which is needed only if there is Terraform code. */
  readonly hcl: () => Promise<ParseHcl>;
  readonly members: ReadonlyMap<string, string>;
  readonly settable: readonly Settable[];
  readonly state?: TerraformState;
  /** Files that could not be read. */
  readonly unread?: readonly string[];
  /** The named template and its parameters file: paths in `files`. */
  readonly template?: string;
  readonly parameters?: string;
}

export async function readCode(files: Files, options: CodeOptions): Promise<Declared> {
  const { members, settable, state, unread = [] } = options;
  const hasTerraform = [...files.keys()].some((file) => file.endsWith('.tf'));
  const parse = hasTerraform ? await options.hcl() : undefined;
  const first = [...files.keys()].find((file) => file.endsWith('.tf')) ?? '';
  const terraform = parse
    ? asFarAs(first, () => terraformCode(files, { parse, spend: newEffort(), members, settable, unread, ...(state ? { state } : {}) }))
    : NOTHING_DECLARED;
  const some = [...files.keys()].find((file) => /\.bicep(param)?$/.test(file)) ?? '';
  return joined([
    terraform,
    templates(files, options),
    asFarAs(some, () => bicep(files, options)),
    { ...NOTHING_DECLARED, unreadable: notRead(files) },
  ]);
}

/** Returns what a piece of code declares, or reports that reading it takes too much work. */
function asFarAs(file: string, read: () => Declared): Declared {
  let found = NOTHING_DECLARED;
  const why = whyTooMuch(() => {
    found = read();
  });
  return why === undefined ? found : { ...NOTHING_DECLARED, unreadable: [{ file, offset: 0, why }] };
}

/** Forms in which code can declare apps and that are not supported. */
const OTHER_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\.(tf|tofu)\.json$/, 'Terraform in JSON is not read'],
  [/\.tofu$/, 'files of OpenTofu (.tofu) are not read'],
  [/(^|\/)terragrunt\.hcl$/, 'Terragrunt is not read, so the values that it passes to modules are not known'],
];

/** Reports files that are not supported by name, so that a file that was not read is never reported as declaring nothing. */
const notRead = (files: Files): Declared['unreadable'] =>
  [...files.keys()].flatMap((file) => {
    const why = OTHER_FORMS.find(([form]) => form.test(file))?.[1];
    return why === undefined ? [] : [{ file, why, offset: 0 }];
  });

const bare = (file: string): string => file.replace(/\.(json|bicep)$/, '');

function templates(files: Files, { settable, template: named, parameters }: CodeOptions): Declared {
  const all = [...files].filter(
    ([file, text]) =>
      file.endsWith('.json') &&
      !/\.(tf|tofu)\.json$/.test(file) &&
      (file === named || (isTemplate(text) && !(isCompiled(text) && files.has(`${bare(file)}.bicep`)))),
  );
  return joined(
    all.map(([file, text]) =>
      asFarAs(file, () => {
        const beside = [...(file === named && parameters !== undefined ? [parameters] : []), `${bare(file)}.parameters.json`];
        const given = beside.map((one) => parametersIn(files.get(one) ?? '', one)).find((one) => one !== undefined);
        const unread: { file: string; why: string; offset: number }[] = [];
        const reading = { spend: newEffort(), unread: (part: { why: string; offset: number }) => void unread.push({ file, ...part }) };
        const found = templateResources(text, file, given ?? new Map(), reading);
        if (!found) return { ...NOTHING_DECLARED, unreadable: [{ file, why: 'it is not JSON', offset: 0 }] };
        const linked = linkedTemplates(text, file).map(({ source, offset }) => ({
          file,
          offset,
          why: `it deploys the linked template ${source}, which is not read`,
        }));
        return joined([declaredBy(found, settable), { ...NOTHING_DECLARED, unreadable: [...linked, ...unread] }]);
      }),
    ),
  );
}

function bicep(files: Files, { settable, template: named, parameters }: CodeOptions): Declared {
  // A named template that Bicep generated replaces its Bicep source.
  const own = new Map([...files].filter(([file]) => !(named?.endsWith('.json') === true && bare(named) === bare(file))));
  const byTemplate = new Map<string, ReadonlyMap<string, Value>>();
  for (const [file, text] of files)
    if (file.endsWith('.bicepparam')) {
      const { using, values } = bicepParameters(text, file, newEffort());
      if (using === `${file.replace(/\.bicepparam$/, '')}.bicep` || file === parameters) byTemplate.set(using ?? '', values);
    }
  const given = (file: string): ReadonlyMap<string, Value> => {
    const beside = file === named && parameters !== undefined ? parameters : `${bare(file)}.parameters.json`;
    return byTemplate.get(file) ?? parametersIn(files.get(beside) ?? '', beside) ?? new Map();
  };
  const { resources, elsewhere, unreadable } = bicepResources(own, given, () => newEffort());
  return joined([declaredBy(resources, settable), { ...NOTHING_DECLARED, elsewhere, unreadable }]);
}
