import type { Json, JsonObject } from './state.ts';

export interface EmulatedRequest {
  readonly method: string;
  /** The path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Json;
}

export interface EmulatedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

export const answer = (status: number, body: Json = null, headers: Record<string, string> = {}): EmulatedResponse => ({
  status,
  headers,
  body,
});

/** Formats a refusal by ARM itself: `{"error":{code,message}}`. */
export const gatewayError = (
  status: number,
  code: string,
  message: string,
  extra: JsonObject = {},
  headers: Record<string, string> = {},
): EmulatedResponse => answer(status, { error: { code, ...extra, message } }, { 'x-ms-failure-cause': 'gateway', ...headers });

/** Formats a refusal by a resource provider in the same shape, without the header of ARM's own refusals. */
export const providerError = (status: number, code: string, message: string): EmulatedResponse =>
  answer(status, { error: { code, message } });

/** Formats a refusal by Microsoft.Web, with its template and parameters. */
export function webError(status: number, name: string, extendedCode: string, template: string, ...parameters: string[]): EmulatedResponse {
  const message = parameters.reduce((text, parameter, index) => text.replaceAll(`{${index}}`, parameter), template);
  return answer(status, {
    Code: name,
    Message: message,
    Target: null,
    Details: [
      { Message: message },
      { Code: name },
      { ErrorEntity: { ExtendedCode: extendedCode, MessageTemplate: template, Parameters: parameters, Code: name, Message: message } },
    ],
    Innererror: null,
  });
}

export const invalidParameter = (name: string): EmulatedResponse =>
  webError(400, 'BadRequest', '51008', 'The parameter {0} has an invalid value.', name);
export const notFound = (type: string, name: string, group: string): EmulatedResponse =>
  gatewayError(
    404,
    'ResourceNotFound',
    `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );

export const forbidden = (who: string, objectId: string, action: string, scope: string): EmulatedResponse =>
  gatewayError(
    403,
    'AuthorizationFailed',
    `The client '${who}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
