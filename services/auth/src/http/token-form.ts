import type { ServiceClient } from "../domain/token-policy.ts";
import type { AuthenticateClient } from "../use-cases/authenticate-client.ts";

/** RFC 6749 §5.2, RFC 8707 §2 (`invalid_target`), RFC 8628 §3.5 (`slow_down`). */
type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "invalid_target"
  | "slow_down"
  | "unsupported_grant_type";

/**
 * A refusal of the token endpoint in the words of RFC 6749 §5.2. The description is for developers and says nothing
 * that an attacker could use; the RFC allows plain ASCII only.
 */
export class OAuthError extends Error {
  override readonly name = "OAuthError";
  readonly error: OAuthErrorCode;
  readonly challenge: string | null;
  /** What is missing or wrong, where a client has to tell: `mfa_required`, `mfa_wrong`. */
  readonly reason: string | null;
  /** What the audit trail says beside, and the client is not told. */
  readonly note: "reused" | null;
  /** With `slow_down`: seconds until another attempt is looked at. */
  readonly retryAfterSeconds: number | null;

  constructor(
    description: string,
    options: {
      readonly error: OAuthError["error"];
      readonly challenge?: string | null;
      readonly reason?: string;
      readonly note?: "reused" | null;
      readonly retryAfterSeconds?: number;
      readonly cause?: unknown;
    },
  ) {
    super(description, options.cause === undefined ? {} : { cause: options.cause });
    this.error = options.error;
    this.challenge = options.challenge ?? null;
    this.reason = options.reason ?? null;
    this.note = options.note ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}

/** The parameters of a form, each at most once. */
export type Form = ReadonlyMap<string, string>;

/**
 * Reads `application/x-www-form-urlencoded` strictly: bytes that are no UTF-8 would let two different passwords be one,
 * and of a repeated parameter nobody knows which counts (RFC 6749 §3.2). Parameters without a value count as absent.
 * @throws OAuthError `invalid_request`
 */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  const seen = new Set<string>();
  for (const pair of text.split("&")) {
    const [name, value] = readPair(pair);
    if (seen.has(name)) throw new OAuthError("a parameter is repeated", { error: "invalid_request" });
    seen.add(name);
    if (value !== "") form.set(name, value);
  }
  return form;
}

function readPair(pair: string): [name: string, value: string] {
  const equals = pair.indexOf("=");
  const name = equals < 0 ? pair : pair.slice(0, equals);
  const value = equals < 0 ? "" : pair.slice(equals + 1);
  return [decode(name), decode(value)];
}

function decode(text: string): string {
  try {
    if (!/^[!-~]*$/.test(text)) throw new URIError("not ASCII");
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new OAuthError("the form is malformed", { error: "invalid_request", cause });
  }
}

/** The parsed form of a request; a request without a body has none. */
export function formOf(request: { readonly body: unknown }): Form {
  return request.body instanceof Map ? request.body : new Map();
}

/**
 * The service that sends a request.
 * @throws OAuthError `invalid_request` or `invalid_client`
 */
export async function clientOf(
  request: { readonly headers: { readonly authorization?: string | undefined } },
  form: Form,
  authenticateClient: AuthenticateClient,
): Promise<ServiceClient> {
  if (hasAssertion(form)) return clientOfAssertion(request, form, authenticateClient);
  const credentials = clientCredentialsOf(request, form);
  const client = authenticateClient.bySecret(credentials);
  if (client !== null) return client;
  const { challenge } = credentials;
  throw new OAuthError("the client could not be authenticated", { error: "invalid_client", challenge });
}

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Whether a client authenticates by a signed assertion instead of a secret (RFC 7521 §4.2). */
export function hasAssertion(form: Form): boolean {
  return form.has("client_assertion") || form.has("client_assertion_type");
}

async function clientOfAssertion(
  request: { readonly headers: { readonly authorization?: string | undefined } },
  form: Form,
  { byAssertion }: AuthenticateClient,
): Promise<ServiceClient> {
  const assertion = form.get("client_assertion");
  if (assertion === undefined || form.get("client_assertion_type") !== ASSERTION_TYPE) {
    throw new OAuthError("the client assertion is of no known type", { error: "invalid_request" });
  }
  if (form.has("client_secret") || request.headers.authorization !== undefined) {
    throw new OAuthError("the client authenticated twice", { error: "invalid_request" });
  }
  const client = await byAssertion(assertion);
  const named = form.get("client_id");
  if (client !== null && (named === undefined || named === client)) return client;
  throw new OAuthError("the client could not be authenticated", { error: "invalid_client" });
}

/**
 * The client's credentials, from the `Authorization` header (RFC 6749 §2.3.1: both parts form-encoded within Basic) or
 * from the form, never from both.
 * @throws OAuthError `invalid_request` or `invalid_client`
 */
function clientCredentialsOf(
  request: { readonly headers: { readonly authorization?: string | undefined } },
  form: Form,
): { readonly clientId: string; readonly clientSecret: string; readonly challenge: string | null } {
  const header = request.headers.authorization;
  const basic = header === undefined ? undefined : /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  const clientId = form.get("client_id");
  const clientSecret = form.get("client_secret");
  if (basic === undefined) {
    if (clientId === undefined || clientSecret === undefined) {
      throw new OAuthError("the client did not authenticate", { error: "invalid_client", challenge: BASIC_CHALLENGE });
    }
    return { clientId, clientSecret, challenge: null };
  }
  if (clientSecret !== undefined) throw new OAuthError("the client authenticated twice", { error: "invalid_request" });
  const credentials = readBasic(basic);
  if (credentials === null || (clientId !== undefined && clientId !== credentials.clientId)) {
    throw new OAuthError("the client could not be authenticated", {
      error: "invalid_client",
      challenge: BASIC_CHALLENGE,
    });
  }
  return { ...credentials, challenge: BASIC_CHALLENGE };
}

const BASIC_CHALLENGE = 'Basic realm="comanda"';

function readBasic(base64: string): { clientId: string; clientSecret: string } | null {
  const text = Buffer.from(base64, "base64").toString("latin1");
  const colon = text.indexOf(":");
  if (colon < 0) return null;
  try {
    return { clientId: decode(text.slice(0, colon)), clientSecret: decode(text.slice(colon + 1)) };
  } catch (error) {
    if (error instanceof OAuthError) return null;
    throw error;
  }
}
