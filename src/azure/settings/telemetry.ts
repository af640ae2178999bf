/** Reads from the settings of an app which key its telemetry uses, and how it signs in. */
import { isReference } from './references.ts';
import type { AppSettings } from '../resources/resources.ts';
import { valueOf } from './settings.ts';

export const INSIGHTS_CONNECTION = 'APPLICATIONINSIGHTS_CONNECTION_STRING';
export const INSIGHTS_KEY = 'APPINSIGHTS_INSTRUMENTATIONKEY';
export const INSIGHTS_AUTH = 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING';

export const instrumentationKey = (text: string | undefined): string | undefined =>
  /InstrumentationKey\s*=\s*([0-9a-f-]+)/i.exec(text ?? '')?.[1]?.toLowerCase();

/** The setting with the OpenTelemetry endpoint that host and worker export to (learn.microsoft.com/azure/azure-functions/opentelemetry-howto). */
export const OTLP_ENDPOINT = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * Returns the host of the ingestion endpoint that a connection string names, without the number of the stamp in a region; undefined if it
 * names none, which means the global endpoint.
 */
export function ingestionHost(text: string | undefined): string | undefined {
  const [, given = ''] = /(?:^|;)\s*IngestionEndpoint\s*=\s*(?:https?:\/\/)?([^/;\s]+)/i.exec(text ?? '') ?? [];
  const host = given.toLowerCase().replace(/-\d+(?=\.in\.)/, '');
  return host === '' || host === GLOBAL_INGESTION ? undefined : host;
}
const GLOBAL_INGESTION = 'dc.services.visualstudio.com';

/** How telemetry signs in: with the key of the connection string, or as an identity; `unknown` if the setting is a reference. */
export interface TelemetrySignIn {
  readonly by: 'key' | 'entra' | 'unknown';
  /** Client id of a user-assigned identity, in lower case. */
  readonly clientId?: string;
}

export function telemetrySignIn(settings: AppSettings): TelemetrySignIn {
  const text = valueOf(settings, INSIGHTS_AUTH) ?? '';
  if (isReference(text)) return { by: 'unknown' };
  const parts = new Map(
    text.split(';').map((part): [string, string] => {
      const at = part.indexOf('=');
      return [
        part.slice(0, Math.max(at, 0)).trim().toLowerCase(),
        part
          .slice(at + 1)
          .trim()
          .toLowerCase(),
      ];
    }),
  );
  if (parts.get('authorization') !== 'aad') return { by: 'key' };
  const clientId = parts.get('clientid');
  return { by: 'entra', ...(clientId ? { clientId } : {}) };
}
