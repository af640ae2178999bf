/** Checks queries with Microsoft's own parser of the Kusto query language, over the tables of Azure Resource Graph. */
import { createRequire } from 'node:module';

interface Diagnostic {
  readonly Severity: string;
  readonly Message: string;
}
/** The parts of the parser that are used; its own types describe a translated C# library. */
interface Kusto {
  readonly GlobalState: { readonly Default: { WithDatabase(database: object): object } };
  readonly KustoCode: {
    ParseAndAnalyze(text: string, globals: object): { GetDiagnostics(): { Count: number; getItem(at: number): Diagnostic } };
  };
  readonly Symbols: {
    readonly TableSymbol: { From(schema: string): { WithName(name: string): object } };
    readonly DatabaseSymbol: { readonly $ctor1: new (name: string, members: readonly object[]) => object };
  };
}

const require = createRequire(import.meta.url);
/** Columns that every table has (Microsoft's page on the query language of Azure Resource Graph). */
const COLUMNS = {
  string: 'id name type tenantId kind location resourceGroup subscriptionId managedBy',
  dynamic: 'sku plan properties tags identity zones extendedLocation',
};
// Names that are keywords must be quoted in a schema.
const SCHEMA = Object.entries(COLUMNS)
  .flatMap(([type, names]) => names.split(' ').map((name) => `['${name}']:${type}`))
  .join(', ');
const TABLES = ['resources', 'appserviceresources'];

/** Azure Resource Graph accepts table names in any case. */
const TABLE = /^\s*\w+/;

let loaded: { kusto: Kusto; globals: object } | undefined;
function load(): { kusto: Kusto; globals: object } {
  require('@kusto/language-service-next/bridge.min.js');
  require('@kusto/language-service-next/Kusto.Language.Bridge.min.js');
  const kusto = (globalThis as unknown as { Kusto: { Language: Kusto } }).Kusto.Language;
  const tables = TABLES.map((name) => kusto.Symbols.TableSymbol.From(`(${SCHEMA})`).WithName(name));
  const globals = kusto.GlobalState.Default.WithDatabase(new kusto.Symbols.DatabaseSymbol.$ctor1('graph', tables));
  return { kusto, globals };
}

/** Lists the errors in a query. */
export function faultsOf(query: string): string[] {
  const { kusto, globals } = (loaded ??= load());
  const found = kusto.KustoCode.ParseAndAnalyze(
    query.replace(TABLE, (name) => name.toLowerCase()),
    globals,
  ).GetDiagnostics();
  return Array.from({ length: found.Count }, (_, at) => found.getItem(at))
    .filter(({ Severity }) => Severity === 'Error')
    .map(({ Message }) => Message);
}
