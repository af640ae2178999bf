/** Attributes that Terraform derives from a resource: its id, and URLs made from its name. */
import { MADE_BY_AZURE, type Place, scalar, textOf, type Value, whyUnresolved, unresolved } from '../value.ts';

/** Placeholder for the id of a resource of this code, whose real id is in no file. */
export const codeId = (address: string): string => `#${address}`;

export function derivedAttribute(
  type: string,
  address: string,
  member: string,
  attributeOf: (name: string) => Value | undefined,
  /** The member of the resource whose id an attribute names. */
  beside: (attribute: string, member: string) => Value | undefined,
  at: Place,
): Value | undefined {
  if (type === 'azurerm_key_vault_secret' && /^(id|versionless_id)$/.test(member)) {
    const [vault, name] = [textOf(beside('key_vault_id', 'vault_uri')), textOf(attributeOf('name'))];
    return vault !== undefined && name !== undefined ? scalar(`${vault}secrets/${name}`, at) : undefined;
  }
  if (member === 'id') return scalar(codeId(address), at);
  const named = (make: (name: string) => string): Value | undefined => {
    const name = attributeOf('name');
    const text = textOf(name);
    if (text !== undefined) return scalar(make(text), at);
    return name && unresolved(whyUnresolved(name) ?? 'its name is not resolved', at);
  };
  if (type === 'azurerm_storage_account') {
    const service = /^primary_(blob|queue|table|file)_endpoint$/.exec(member)?.[1];
    if (service) return named((name) => `https://${name}.${service}.core.windows.net/`);
    if (/^(primary|secondary)_connection_string$/.test(member))
      return named(
        (name) => `DefaultEndpointsProtocol=https;AccountName=${name};AccountKey=${MADE_BY_AZURE};EndpointSuffix=core.windows.net`,
      );
    if (/^(primary|secondary)_access_key$/.test(member)) return scalar(MADE_BY_AZURE, at);
  }
  if (type === 'azurerm_key_vault' && member === 'vault_uri') return named((name) => `https://${name}.vault.azure.net/`);
  if (type === 'azurerm_application_insights' && member === 'connection_string')
    return scalar(`InstrumentationKey=${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, at);
  return undefined;
}
