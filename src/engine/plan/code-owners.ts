/**
 * Ownership of values: evidence that code declares the app, so that its next deployment reverts a changed value.
 * Sources: learn.microsoft.com/azure/azure-resource-manager/bicep/deployment-stacks (deny assignments),
 * learn.microsoft.com/rest/api/resources/deployments/list-by-resource-group (output resources),
 * learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes (who changed what, for 14 days),
 * learn.microsoft.com/azure/developer/azure-developer-cli/faq (tags).
 */
import { CHANGES_RIGHT, isWithinId, type ResourceChange, type ResourceKey } from '../../azure/index.ts';
import type { Change, GuardNote } from '../../change/change.ts';
import { fitsText } from '../fleet/selectors.ts';
import type { FactStore } from '../judge/facts.ts';
import type { ArmFailure } from '../ports.ts';

export const OWNER_READS: readonly ResourceKey[] = ['denyAssignments', 'groupDeployments', 'resourceChanges'];

/** The id of guard notes that say that code owns a value. */
const OWNED = 'code';

type Note = Omit<GuardNote, 'control'>;

/** Whether code owns the values of a change. The evidence is in its notes. */
export const isOwnedByCode = ({ guards }: Pick<Change, 'guards'>): boolean => guards.some(({ id }) => id === OWNED);

/**
 * Returns the evidence that code owns the values of a change. `tags`: names of further tags that are evidence. `seesChanges`: whether the
 * caller sees who changed the app, or the failure where that is not known.
 */
export function ownerNotes(
  change: Change,
  store: FactStore,
  tags: readonly string[] = [],
  seesChanges: boolean | ArmFailure = true,
): Note[] {
  const { id } = store.target;
  const isOwn = `${change.resource}/`.toLowerCase().startsWith(`${id}/`.toLowerCase());
  const says = isOwn
    ? [...byStack(store), ...byDeployment(change, store, id), ...byTag(store, tags), ...byChange(change, store)]
    : byDeployment(change, store, change.resource);
  return [...says.map((text): Note => ({ id: OWNED, level: 'warn', says: text })), ...notRead(store, seesChanges)];
}

/** Returns notes about sources that could not be checked. They are not evidence for or against code. */
function notRead(store: FactStore, seesChanges: boolean | ArmFailure): Note[] {
  const failed = OWNER_READS.flatMap((key) => {
    const fact = store.fact(key);
    return fact?.state === 'unreadable' ? [`${NAMES[key] ?? key}: ${fact.failure.message}`] : [];
  });
  if (seesChanges === false && store.fact('resourceChanges')?.state === 'read')
    failed.push(`${NAMES.resourceChanges ?? ''}: you do not have the permission ${CHANGES_RIGHT}.`);
  return failed.length === 0
    ? []
    : [
        {
          id: 'code-unread',
          level: 'warn',
          says: `func-harden could not check completely whether code declares this app. ${failed.join(' ')}`,
        },
      ];
}

const NAMES: Partial<Record<ResourceKey, string>> = {
  denyAssignments: 'Deny assignments',
  groupDeployments: 'Deployments of the resource group',
  resourceChanges: 'Changes of the last 14 days',
};

/** Returns the deployment stacks that own the app. Besides managed applications and Azure, only stacks create deny assignments. */
function byStack(store: FactStore): string[] {
  return (store.view.maybe('denyAssignments')?.value ?? []).flatMap(({ name, properties }) => {
    const shown = properties.denyAssignmentName || name;
    const words = `${shown} ${properties.description ?? ''}`;
    if (!/deployment ?stack/i.test(words)) return [];
    const stack = /deploymentStacks\/([\w.()-]+)/i.exec(words)?.[1];
    const actions = (properties.permissions ?? []).flatMap((one) => one.actions ?? []);
    const denies = actions.some((action) => action === '*' || /write$/i.test(action)) ? ' and denies changes to it' : '';
    return [
      `The deployment stack ${stack ? `"${stack}"` : `of the deny assignment "${shown}"`} manages this app${denies}. Its next deployment reverts the app to the values in its code.`,
    ];
  });
}

/** Returns the newest deployment of the resource group that created or changed the resource. */
function byDeployment(change: Change, store: FactStore, id: string): string[] {
  const holding = (store.view.maybe('groupDeployments')?.value ?? [])
    .filter(({ properties }) => /^succeeded$/i.test(properties.provisioningState ?? ''))
    .filter(({ properties }) =>
      (properties.outputResources ?? []).some((one) => one.id !== undefined && one.id !== null && holds(one.id, id)),
    )
    .toSorted((a, b) => (b.properties.timestamp ?? '').localeCompare(a.properties.timestamp ?? ''));
  const [last] = holding;
  if (!last) return [];
  // If the change records show that this deployment set the property, the note about the property names it already.
  if (lastSetBy(change, store).some(({ deployment }) => deployment === last.name)) return [];
  return [
    `The deployment "${last.name}" of ${dayOf(last.properties.timestamp)} declares ${nameOf(id)}. Its next run reverts the app to the values in its code.`,
  ];
}

const holds = (output: string, id: string): boolean => output.toLowerCase() === id.toLowerCase() || isWithinId(output, id);
const nameOf = (id: string): string => id.split('/').at(-1) ?? id;

/** Tags that deployment tools write. `hidden-link` and `hidden-title` are not among them, because portals write them. */
const TAGS = /^(azd-env-name|azd-service-name|terraform|managed[-_ ]?by|hidden-(?!link|title|related).*)$/i;

/** Returns the tags that show that code declares an app. `more`: names of further tags; `*` matches any letters. */
export const ownerTags = (tags: Readonly<Record<string, string>>, more: readonly string[] = []): string[] =>
  Object.entries(tags).flatMap(([name, value]) =>
    (TAGS.test(name) || more.some((wanted) => fitsText(wanted, name))) && !/^(false|no|none|manual|portal)?$/i.test(value.trim())
      ? [`${name} = ${value}`]
      : [],
  );

const byTag = ({ target }: FactStore, more: readonly string[]): string[] => {
  const tags = ownerTags(target.tags, more);
  return tags.length === 0
    ? []
    : [`The tag ${tags.join(', ')} shows that a tool deploys this app from code. Its next deployment reverts the value.`];
};

interface LastSet {
  readonly property: string;
  readonly change: ResourceChange;
  readonly deployment?: string;
}

/** Returns, for each property of the change, who set it last, unless a person set it by hand. */
function lastSetBy({ diff }: Change, store: FactStore): LastSet[] {
  const rows = (store.view.maybe('resourceChanges')?.value ?? []).toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)));
  const deployments = store.view.maybe('groupDeployments')?.value ?? [];
  return diff.flatMap(({ path }): LastSet[] => {
    const change = rows.find(({ properties }) => Object.keys(properties.changes ?? {}).some((one) => isSame(one, path)));
    if (!change || !isByCode(change)) return [];
    const correlation = change.properties.changeAttributes?.correlationId;
    const deployment = correlation
      ? deployments.find(({ properties }) => properties.correlationId?.toLowerCase() === correlation.toLowerCase())?.name
      : undefined;
    return [{ property: path.replace(/^properties\./, ''), change, ...(deployment === undefined ? {} : { deployment }) }];
  });
}

/** Whether the reported path is that of a property. Reports place the configuration inside the site. */
const isSame = (shown: string, path: string): boolean => {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/^properties\./, '')
      .replace(/^siteconfig\./, '');
  const [a, b] = [bare(shown), bare(path)];
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
};

const timeOf = ({ properties }: ResourceChange): string => properties.changeAttributes?.timestamp ?? '';

/** Whether a change was made by a template, or by an identity that is not a person. Both make the same change again. */
function isByCode({ properties }: ResourceChange): boolean {
  const { clientType = '', changedByType = '' } = properties.changeAttributes ?? {};
  return (
    /template|bicep|terraform|pulumi|stack/i.test(clientType ?? '') || /principal|application|managed ?identity/i.test(changedByType ?? '')
  );
}

const byChange = (change: Change, store: FactStore): string[] =>
  lastSetBy(change, store).map(({ property, change: row, deployment }) => {
    const { clientType, changedByType, timestamp } = row.properties.changeAttributes ?? {};
    const by = deployment === undefined ? (clientType ? `with ${clientType}` : '') : `by the deployment "${deployment}"`;
    const who = /user/i.test(changedByType ?? '') ? 'a person' : changedByType ? 'a service principal' : 'somebody';
    return `${property} was last set ${by} on ${dayOf(timestamp)} by ${who}. The next deployment sets it again.`.replaceAll(/ {2,}/g, ' ');
  });

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns a date, `12 Nov 2026`, or words where none is reported. */
function dayOf(timestamp: string | null | undefined): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)/.exec(timestamp ?? '') ?? [];
  return year === undefined ? 'an unknown date' : `${Number(day)} ${MONTHS[Number(month) - 1] ?? ''} ${year}`;
}
