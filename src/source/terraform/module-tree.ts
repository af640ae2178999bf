/** The modules of a tree of Terraform code, from the root folders down. */
import type { Declared } from '../declared.ts';
import type { Spend } from '../effort.ts';
import { IN_CIRCLE, inCircles } from '../module-calls.ts';
import type { Parsed } from '../syntax.ts';
import { calledFolder, foldersOf, type VariableFiles } from './folders.ts';
import { type Elsewhere, type Instance, Module } from './modules.ts';

interface Modules {
  readonly instances: readonly Instance[];
  readonly elsewhere: readonly Elsewhere[];
  readonly unreadable: Declared['unreadable'];
}

export function modulesOf(parsed: ReadonlyMap<string, Parsed>, variables: VariableFiles, spend: Spend): Modules {
  const folders = foldersOf(parsed, variables, spend);
  const callsOf = (name: string): string[] =>
    (folders.get(name)?.blocks ?? []).flatMap((block) => calledFolder(name, block) ?? []).filter((one) => one !== name);
  const called = new Set([...folders.keys()].flatMap(callsOf));
  const modules = [...folders.keys()]
    .filter((name) => !called.has(name))
    .toSorted()
    .map((name) => new Module(name, '', folders, undefined, [], 0, spend));
  const all = modules.flatMap((one) => [one, ...one.below()]);
  const circles = inCircles([...folders.keys()].toSorted(), callsOf).map((name) => ({
    file: folders.get(name)?.blocks[0]?.file ?? name,
    offset: 0,
    why: IN_CIRCLE,
  }));
  return {
    instances: all.flatMap((one) => one.resources()),
    elsewhere: all.flatMap((one) => one.elsewhere()),
    // One call is reported once, from however many modules it is reached.
    unreadable: [...circles, ...new Map(all.flatMap((one) => one.tooDeep()).map((one) => [`${one.file} ${one.offset}`, one])).values()],
  };
}
