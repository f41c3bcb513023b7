import type { Clock } from "@comanda/primitives";
import type { Log } from "@comanda/service-kit";
import { type ServiceClient, serviceAudience } from "../domain/token-policy.ts";
import type { BeginSignedIn } from "../use-cases/begin-signed-in.ts";
import type { NoteDevice } from "../use-cases/device-presence.ts";
import type { IssueAccessToken } from "../use-cases/issue-access-token.ts";
import type { PairDevice } from "../use-cases/pair-device.ts";
import type { RefreshSession } from "../use-cases/refresh-session.ts";
import type { SignIn } from "../use-cases/sign-in.ts";
import { type Form, OAuthError } from "./token-form.ts";
import { viewOfAccessToken, viewOfPair } from "./views.ts";

/** What the grants are answered with. */
export type GrantDeps = {
  readonly signIn: SignIn;
  readonly beginSignedIn: BeginSignedIn;
  readonly refreshSession: RefreshSession;
  readonly issueAccessToken: IssueAccessToken;
  readonly pairDevice: PairDevice;
  readonly noteDevice: NoteDevice;
  readonly noteRevocations: () => Promise<void>;
  readonly clock: Clock;
};

/** What is known of whoever sends a sign-in, beside the form. */
type Sender = {
  readonly agent: string | null;
  readonly mark: string | undefined;
  /** Keeps the mark of this device with the device. */
  readonly keepMark: (mark: string) => void;
};

/** `grant_type=password`: people of the shop and registered guests, on our own pages only (docs/adr/0007). */
export async function answerPassword(form: Form, { signIn, beginSignedIn, agent, mark, keepMark }: GrantDeps & Sender) {
  const username = form.get("username");
  const password = form.get("password");
  if (username === undefined || password === undefined) {
    throw new OAuthError("username and password are needed", { error: "invalid_request" });
  }
  const signedIn = await signIn({ username, password, mfaCode: form.get("mfa_code"), mark });
  if (!signedIn.ok) throw refusalOf(signedIn.refusal);
  const { person } = signedIn.value;
  const pair = await beginSignedIn(signedIn.value, agent);
  // It was right a moment ago, and is so no more.
  if (pair === null) throw refusalOf({ why: "wrong-credentials" });
  keepMark(signedIn.value.mark);
  const { scope, expiresInSeconds: seconds } = pair;
  return { ...viewOfPair({ ...pair, seconds }), scope, customer_id: person.id };
}

/** The RFC has one word for all of them; `reason` is ours, for a page that has to ask for the code. */
function refusalOf(refusal: Extract<Awaited<ReturnType<SignIn>>, { ok: false }>["refusal"]) {
  switch (refusal.why) {
    case "too-early":
      return new OAuthError("too many wrong attempts", {
        error: "slow_down",
        retryAfterSeconds: refusal.waitSeconds,
      });
    case "wrong-credentials":
      return new OAuthError("wrong user name or password", { error: "invalid_grant" });
    case "mfa-required":
      return new OAuthError("mfa_code is needed", { error: "invalid_grant", reason: "mfa_required" });
    case "mfa-wrong":
      return new OAuthError("mfa_code is wrong or was used", { error: "invalid_grant", reason: "mfa_wrong" });
  }
}

/** `grant_type=refresh_token`: the next pair, and the token that was sent is spent. */
export async function answerRefresh(form: Form, deps: GrantDeps & { readonly log: Pick<Log, "warn"> }) {
  const refreshToken = form.get("refresh_token");
  if (refreshToken === undefined) throw new OAuthError("refresh_token is needed", { error: "invalid_request" });
  const softwareVersion = softwareVersionOf(form);
  // A scope may be asked for again, never another (RFC 6749 §6); looked at before anything is spent.
  const renewed = await deps.refreshSession(refreshToken, { scope: form.get("scope") });
  if (!renewed.ok && renewed.refusal === "other-scope") {
    throw new OAuthError("this scope cannot be had", { error: "invalid_scope" });
  }
  if (!renewed.ok) {
    if (renewed.refusal === "reused") {
      deps.log.warn("a spent refresh token came again; its session is ended");
      await deps.noteRevocations();
    }
    const note = renewed.refusal === "reused" ? "reused" : null;
    throw new OAuthError("the refresh token is not good any more", { error: "invalid_grant", note });
  }
  const { subject, scope, expiresAt } = renewed.value;
  if (subject.kind === "device") deps.noteDevice(subject.id, softwareVersion);
  const seconds = Math.max(0, Math.floor((expiresAt.getTime() - deps.clock.now().getTime()) / 1000));
  const customerId = subject.kind === "person" ? subject.id : null;
  return { ...viewOfPair({ ...renewed.value, seconds }), scope, customer_id: customerId };
}

/** `grant_type=urn:comanda:device`: a device trades the code that an administrator read to it. */
export async function answerDevice(
  form: Form,
  deps: GrantDeps & { readonly log: Pick<Log, "warn">; readonly address: string },
) {
  const code = form.get("pairing_code");
  if (code === undefined) throw new OAuthError("pairing_code is needed", { error: "invalid_request" });
  const paired = await deps.pairDevice(code, { softwareVersion: softwareVersionOf(form), address: deps.address });
  if (!paired.ok) {
    if (paired.refusal === "wrong-code") {
      throw new OAuthError("the pairing code is not good", { error: "invalid_grant" });
    }
    deps.log.warn("too many wrong pairing codes; no more are looked at for a moment");
    throw new OAuthError("too many wrong pairing codes", { error: "slow_down" });
  }
  const { scope, expiresInSeconds: seconds } = paired.value;
  return { ...viewOfPair({ ...paired.value, seconds }), scope, customer_id: null };
}

/** What a device says it runs; looked at before anything is spent. @throws OAuthError for what is no version */
function softwareVersionOf(form: Form): string | null {
  const version = form.get("software_version");
  if (version === undefined) return null;
  if (!/^[\w.+-]{1,40}$/.test(version)) {
    throw new OAuthError("software_version must be 1 to 40 letters, digits and . + - _", { error: "invalid_request" });
  }
  return version;
}

const RESOURCE_PREFIX = "urn:comanda:";

/** `grant_type=client_credentials`: a short token of a service, for the one service it asks for (RFC 8707). */
export async function answerClientCredentials(
  client: ServiceClient,
  form: Form,
  { issueAccessToken }: Pick<GrantDeps, "issueAccessToken">,
) {
  const resource = form.get("resource");
  const wanted = resource?.startsWith(RESOURCE_PREFIX) ? resource.slice(RESOURCE_PREFIX.length) : resource;
  const audience = serviceAudience(client, wanted);
  if (audience === null) throw new OAuthError("no token is given for this resource", { error: "invalid_target" });
  const accessToken = await issueAccessToken({ kind: "service", client, audience });
  return { ...viewOfAccessToken(accessToken), scope: accessToken.scope, customer_id: null };
}
