/**
 * Requirements of NIST SP 800-53 and ISO/IEC 27001 by Azure Policy definition, as the built-in initiatives of Azure Policy assign them (public, MIT license).
 * A control that names a definition, or its variant for slots, gets the requirements of both.
 */
export type InitiativeBenchmark = 'nist' | 'iso27001';

export interface Initiative {
  readonly benchmark: InitiativeBenchmark;
  /** The display name in Azure Policy. */
  readonly name: string;
  readonly id: string;
  readonly version: string;
  readonly source: string;
  /** Requirements by the id of the policy definition. */
  readonly requirements: Readonly<Record<string, readonly string[]>>;
}

const FOLDER = 'https://github.com/Azure/azure-policy/blob/master/built-in-policies/policySetDefinitions/Regulatory%20Compliance/';

/**
 * The initiatives that requirements are taken from. Ids of release 5.1.1 are written as NIST writes them (`SC-23(5)`, not `SC.23.5`);
 * clauses 5 to 8 of ISO/IEC 27002:2022 are Annex A of ISO/IEC 27001:2022.
 */
export const INITIATIVES: readonly Initiative[] = [
  {
    benchmark: 'nist',
    name: 'NIST SP 800-53 Rev. 5',
    id: '179d1daa-458f-4e47-8086-2a68d0d6c38f',
    version: '14.19.0',
    source: `${FOLDER}NIST_SP_800-53_R5.json`,
    requirements: {
      '2913021d-f2fd-4f3d-b958-22354e2bdbcb': [
        'AC-2(12)',
        'AU-6',
        'AU-6(4)',
        'AU-6(5)',
        'AU-12',
        'AU-12(1)',
        'IR-4',
        'IR-5',
        'RA-5',
        'SI-2',
        'SI-4',
      ],
      '6d555dd1-86f2-4f1c-8ed7-5abae7c6cbab': ['SC-8', 'SC-8(1)'],
      'f9d614c5-c173-4d56-95a7-b4437057d193': ['SC-8', 'SC-8(1)'],
      'e2c1c086-2d84-4019-bff3-c44ccd95113c': ['SI-2', 'SI-2(6)'],
      '0da106f2-4ca3-48e8-bc85-c638fe6aea8f': ['AC-2', 'AC-3', 'IA-2', 'IA-4'],
      '0820b7b9-23aa-4725-a1ce-ae4558f718e5': ['CM-6'],
      '98728c90-32c7-4049-8429-847dc0f4fe37': ['IA-5'],
      '1e66c121-a66a-4b1f-9b83-0fd99bf0fc2d': ['CP-9'],
      '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53': ['CP-9'],
      '55615ac9-af46-4a59-874e-391cc3dfb490': ['AC-4', 'SC-7', 'SC-7(3)'],
      '0e60b895-3786-45da-8377-9c6b4b6ac5f9': ['AC-17', 'AC-17(1)', 'CM-6'],
      '404c3081-a854-4457-ae30-26a93ef643f9': ['SC-8', 'SC-8(1)'],
      '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751': ['AC-4', 'SC-7', 'SC-7(3)'],
      '34c877ad-507e-4c82-993e-3452a6e0ad3c': ['AC-4', 'AC-17', 'AC-17(1)', 'SC-7', 'SC-7(3)'],
      '6fac406b-40ca-413b-bf8e-0bf964659c25': ['SC-12'],
      '399b2637-a50f-4f95-96f8-3a145476eb15': ['SC-8', 'SC-8(1)'],
    },
  },
  {
    benchmark: 'nist',
    name: 'NIST SP 800-53 R5.1.1',
    id: '60205a79-6280-4e20-a147-e2011e09dc78',
    version: '1.7.0',
    source: `${FOLDER}NIST_SP_800-53_R5.1.1.json`,
    requirements: {
      '2913021d-f2fd-4f3d-b958-22354e2bdbcb': ['SC-7', 'SI-3'],
      'ab6a902f-9493-453b-928d-62c30b11b5a6': ['SC-23(5)'],
      'c75248c1-ea1d-4a9c-8fc9-29a6aabd5da8': ['AC-4'],
      '0da106f2-4ca3-48e8-bc85-c638fe6aea8f': ['AC-4', 'IA-5'],
      '0820b7b9-23aa-4725-a1ce-ae4558f718e5': ['AC-3', 'AC-4', 'SC-7', 'SC-18'],
      '98728c90-32c7-4049-8429-847dc0f4fe37': ['CM-3(6)', 'IA-2', 'SC-12'],
      '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53': ['CP-9', 'MP-6', 'SI-7(5)'],
      '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5': ['AC-2(1)', 'AC-3(7)'],
      '55615ac9-af46-4a59-874e-391cc3dfb490': ['AC-4', 'SC-7'],
      '0e60b895-3786-45da-8377-9c6b4b6ac5f9': ['CM-7', 'SC-7'],
      '404c3081-a854-4457-ae30-26a93ef643f9': ['SC-7', 'SC-12', 'SC-13'],
      '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751': ['AC-3', 'AC-4', 'AC-6', 'SC-7', 'SC-7(3)'],
      '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54': ['AC-2', 'IA-2'],
      '34c877ad-507e-4c82-993e-3452a6e0ad3c': ['AC-4', 'AC-4(4)', 'AC-4(6)'],
      'c9d007d0-c057-4772-b18c-01e546713bcd': ['AC-4', 'AC-17'],
      '044985bb-afe1-42cd-8a36-9d5d42424537': ['SC-12'],
    },
  },
  {
    benchmark: 'iso27001',
    name: 'ISO/IEC 27001 2022',
    id: '5e4ff661-23bf-42fa-8e3a-309a55091cc7',
    version: '1.3.0',
    source: `${FOLDER}ISO_IEC_27001_2022.json`,
    requirements: {},
  },
  {
    benchmark: 'iso27001',
    name: 'ISO/IEC 27002 2022',
    id: 'e3030e83-88d5-4f23-8734-6577a2c97a32',
    version: '1.7.0',
    source: `${FOLDER}ISO_IEC_27002_2022.json`,
    requirements: {
      '2913021d-f2fd-4f3d-b958-22354e2bdbcb': ['A.8.7'],
      'c75248c1-ea1d-4a9c-8fc9-29a6aabd5da8': ['A.5.14'],
      '0da106f2-4ca3-48e8-bc85-c638fe6aea8f': ['A.5.14', 'A.5.17'],
      '0820b7b9-23aa-4725-a1ce-ae4558f718e5': ['A.5.1', 'A.5.14'],
      '98728c90-32c7-4049-8429-847dc0f4fe37': ['A.8.24'],
      '0b60c0b2-2dc2-4e1c-b5c9-abbed971de53': ['A.7.14'],
      '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5': ['A.5.15', 'A.5.18', 'A.8.2', 'A.8.3'],
      '55615ac9-af46-4a59-874e-391cc3dfb490': ['A.5.14'],
      '404c3081-a854-4457-ae30-26a93ef643f9': ['A.8.24'],
      '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751': ['A.5.14', 'A.8.2'],
      '8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54': ['A.5.18'],
      '34c877ad-507e-4c82-993e-3452a6e0ad3c': ['A.5.14'],
      'c9d007d0-c057-4772-b18c-01e546713bcd': ['A.5.14', 'A.6.7', 'A.8.9'],
      '044985bb-afe1-42cd-8a36-9d5d42424537': ['A.8.24'],
    },
  },
];

/** Returns the requirements that the initiatives assign to any of these definitions, together with `own`, sorted and without repetition. */
export const requirementsOf = (
  benchmark: InitiativeBenchmark,
  definitions: readonly string[],
  own: readonly string[] = [],
): readonly string[] =>
  [
    ...new Set([
      ...own,
      ...INITIATIVES.filter((initiative) => initiative.benchmark === benchmark).flatMap(({ requirements }) =>
        definitions.flatMap((id) => requirements[id] ?? []),
      ),
    ]),
  ].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
