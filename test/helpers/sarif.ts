/** A schema of the part of SARIF 2.1.0 that func-harden writes, from the specification; objects allow no other members. */
const map = (properties: object, required = Object.keys(properties)): object => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const text = { type: 'string', minLength: 1 };
/** 3.11: plain text; what GitHub shows of it ends at 1,024 characters. */
const message = map({ text });
const described = map({ text: { type: 'string', minLength: 1, maxLength: 1024 } });
const level = { enum: ['none', 'note', 'warning', 'error'] };
const url = { type: 'string', format: 'uri', pattern: '^https://' };

/** 3.49, with what code scanning asks of a rule: help, severity between 0 and 10, at most 20 tags. */
const rule = map({
  id: { type: 'string', pattern: '^[a-z0-9-]+\\.[a-z0-9-]+$', maxLength: 255 },
  name: { type: 'string', pattern: '^[A-Z][A-Za-z0-9]+$', maxLength: 255 },
  shortDescription: described,
  fullDescription: described,
  helpUri: url,
  help: map({ text, markdown: text }),
  defaultConfiguration: map({ level }),
  properties: map({
    tags: { type: 'array', minItems: 1, maxItems: 20, uniqueItems: true, items: text },
    'security-severity': { type: 'string', pattern: '^(\\d\\.\\d|10\\.0)$' },
    precision: { enum: ['very-high', 'high', 'medium', 'low'] },
  }),
});

/** 3.28: relative to the root of the repository, percent-encoded, with no dot segments. */
const location = map({
  physicalLocation: map({
    artifactLocation: map({
      uri: { type: 'string', format: 'uri-reference', pattern: "^(?!/)(?!.*(^|/)\\.\\.?(/|$))[\\w.~%!$&'()*+,;=:@/-]+$" },
    }),
    region: map({ startLine: { type: 'integer', minimum: 1 } }),
  }),
  logicalLocations: { type: 'array', minItems: 1, uniqueItems: true, items: map({ name: text, fullyQualifiedName: text, kind: text }) },
});

/** 3.27.9 and 3.27.10: a result that is no failure has the level none. */
const result = {
  ...map(
    {
      ruleId: text,
      ruleIndex: { type: 'integer', minimum: 0 },
      kind: { enum: ['fail', 'open', 'review'] },
      level,
      message,
      locations: { type: 'array', minItems: 1, maxItems: 10, items: location },
      partialFingerprints: map({ primaryLocationLineHash: text, 'funcHarden/v1': text }),
      // 3.8: a property bag; its tags are different texts.
      properties: map({ subscription: text, resourceGroup: text, owner: text, tags: { type: 'array', uniqueItems: true, items: text } }, [
        'subscription',
        'resourceGroup',
        'tags',
      ]),
      suppressions: {
        type: 'array',
        items: map({ kind: { const: 'external' }, status: { const: 'accepted' }, justification: text }),
      },
    },
    ['ruleId', 'ruleIndex', 'kind', 'level', 'message', 'locations', 'partialFingerprints'],
  ),
  oneOf: [
    { properties: { kind: { const: 'fail' }, level: { enum: ['note', 'warning', 'error'] } } },
    { properties: { kind: { enum: ['open', 'review'] }, level: { const: 'none' } } },
  ],
};

const run = map({
  tool: map({
    driver: map({
      name: { const: 'func-harden' },
      informationUri: { type: 'string', format: 'uri' },
      version: text,
      semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
      rules: { type: 'array', uniqueItems: true, maxItems: 25_000, items: rule },
    }),
  }),
  invocations: {
    type: 'array',
    items: map(
      {
        executionSuccessful: { type: 'boolean' },
        endTimeUtc: { type: 'string', format: 'date-time', pattern: 'Z$' },
        toolExecutionNotifications: { type: 'array', items: map({ level, message }) },
      },
      ['executionSuccessful', 'endTimeUtc'],
    ),
  },
  automationDetails: map({ id: { type: 'string', pattern: '/$' } }),
  columnKind: { const: 'utf16CodeUnits' },
  results: { type: 'array', maxItems: 5000, items: result },
});

export const SARIF = map({
  $schema: url,
  version: { const: '2.1.0' },
  runs: { type: 'array', minItems: 1, maxItems: 20, items: run },
});
