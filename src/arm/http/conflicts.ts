/** The kind of a conflict (409): temporary, permanent, or not known. */

/** Codes of an operation in progress, as the services write them, and phrases of answers whose only code is `Conflict`. */
const PASSING_CODES =
  /(?<=[A-Za-z])InProgress\b|DeploymentActive\b|NotInSucceededState|Conflicting?ConcurrentWrite|ConcurrentOperation|Concurren(?:t|cy)(?:Update|Write|Modification|Conflict)|ReferencedResourceNotProvisioned|RetryableError|CanceledAndSuperseded|ObjectIsBeing\w|ResourceIsBusy|"ExtendedCode"\s*:\s*"?5920[23]\b/i;
const PASSING_WORDS =
  /\b(?:operation|update|deployment|provisioning|swap)(?: \S+){0,8}? (?:(?:is|are) )?(?:currently |already |still )?in progress|because another operation|(?:is |are )?being (?:modified|updated|changed|scaled)\b|by another (?:request|operation|process)\b|exclusive (?:access|lock)|changed from the point (?:that )?the operation began|parallel operations are being performed|conflicting concurrent write|(?:retry|try again)(?: \S+){0,3} later|try again in (?:a few|some|\d+) (?:seconds|minutes)|is not in succeeded state/i;

interface Lasting {
  readonly test: RegExp;
  readonly next: string;
}

/** Permanent conflicts. The first match decides, so general ones come last. */
const LASTING: readonly Lasting[] = [
  {
    test: /RoleAssignmentExists|role assignment already exists/i,
    next: 'Find the existing role assignment (az role assignment list --scope SCOPE), then preview again.',
  },
  {
    test: /already used in diagnostic setting|data sinks? can'?t be reused/i,
    next: 'Remove the category from the diagnostic setting that the message names, or choose a different destination, then preview again.',
  },
  {
    test: /ObjectIsDeletedButRecoverable|deleted but recoverable/i,
    next: 'Recover or purge the deleted secret (az keyvault secret recover, or purge, --vault-name VAULT --name SECRET), or choose another vault.',
  },
  {
    test: /soft.?deleted|in (?:a )?deleted state|recover or purge/i,
    next: 'Recover or purge the deleted resource of that name (for a vault: az keyvault recover, or purge, --name VAULT), or choose another name.',
  },
  {
    test: /Parameter with name .{0,300}? already exists/i,
    next: 'Two app settings differ only in the case of their names. Keep one spelling in the settings of the app, then preview again.',
  },
  {
    test: /AlreadyTaken|VaultAlreadyExists|Name(?:NotAvailable|Unavailable)|name\b.{0,120}?(?:already in use|already (?:been )?taken|not available)|globally unique/i,
    next: 'Another resource has this name, perhaps in another subscription. Choose another name.',
  },
  {
    test: /GroupBeingDeleted|(?:group|resource)\b.{0,120}? is being deleted|deprovisioning/i,
    next: 'The resource or its resource group is being deleted. Choose a different resource, or create it again after the deletion ends.',
  },
  {
    test: /ReadOnlyDisabledSubscription|SubscriptionDisabled|subscription\b.{0,80}? (?:is )?disabled/i,
    next: 'The subscription is disabled and therefore read-only. Ask its owner to enable it.',
  },
  {
    test: /\bInUse|InUse\w{0,80}?Cannot|is in use by|being used by|still (?:in use|attached)/i,
    next: 'Another resource uses this resource. Find it in the message, and detach it first.',
  },
  {
    test: /NotSupported|not supported|CannotBe(?:Updated|Changed)|cannot be (?:updated|changed)|Immutab/i,
    next: 'This resource does not support the change. Skip the control, or change the resource as the message says.',
  },
  {
    test: /already exists/i,
    next: 'A resource with this name already exists. Check it, then preview again.',
  },
];

/** The advice on a conflict. `passes`: the same request may succeed later. `lasts`: it never will, and `next` is the next step. */
type ConflictAdvice = { readonly is: 'passes' } | { readonly is: 'lasts'; readonly next: string } | { readonly is: 'not-known' };

/** The number of characters of a body that are looked at: an error of Azure is far shorter. */
const LONGEST = 20_000;

/** Classifies a conflict by code, message and whole body, because services nest the cause in details and as JSON in messages. */
export function conflictOf(code: string, message: string, body = ''): ConflictAdvice {
  const text = [code, message, body.slice(0, LONGEST).replaceAll('\\"', '"')].join('\n');
  const lasting = LASTING.find(({ test }) => test.test(text));
  // A specific code has priority over words: an account that an operation is using is busy, not in use.
  if (PASSING_CODES.test(text)) return { is: 'passes' };
  if (lasting) return { is: 'lasts', next: lasting.next };
  return PASSING_WORDS.test(text) ? { is: 'passes' } : { is: 'not-known' };
}
