import { noteAct } from "@comanda/audit";
import { type App, IdParams, STAFF } from "@comanda/service-kit";
import { toString as drawQrCode } from "qrcode";
import { Type } from "typebox";
import { authProblem } from "../problems.ts";
import { findPerson, type People } from "../storage/people.ts";
import type { ConfirmPassword } from "../use-cases/confirm-password.ts";
import type { SecondFactors } from "../use-cases/second-factor.ts";
import { base32, totpUri } from "../use-cases/totp.ts";
import { accountProblems, CurrentPasswordSchema, insistOn, ownId } from "./own-account.ts";

type Deps = {
  readonly people: People;
  readonly confirmPassword: ConfirmPassword;
  readonly secondFactors: Pick<SecondFactors, "begin">;
  /** What the authenticator app shows above the code. */
  readonly shopName: string;
};

const schema = {
  operationId: "begin-second-factor",
  tags: ["staff"],
  summary: "Get a secret for an authenticator app (TOTP, RFC 6238)",
  description:
    "It counts once `POST /customers/{id}/mfa/confirm` was shown a code of it; until then, asking again gives another one. The secret is shown here and never again.",
  params: IdParams,
  body: Type.Object({ password: CurrentPasswordSchema }),
  response: {
    201: Type.Object({
      secret: Type.String({ description: "Base32, for typing it in" }),
      otpauth_uri: Type.String(),
      qr_code_image: Type.String({ description: "The address as a QR code, a data URL" }),
    }),
    ...accountProblems(["wrong-password", "second-factor-in-use", "quota-exceeded"]),
  },
} as const;

/** `POST /customers/{id}/mfa` */
export function beginSecondFactorRoute(app: App, deps: Deps): void {
  const config = { access: STAFF, allowsEnrolment: true, audit: "begin-second-factor" } as const;
  app.post("/customers/:id/mfa", { config, schema }, async (request, reply) => {
    const id = ownId(request);
    insistOn(await deps.confirmPassword(id, { password: request.body.password }));
    const begun = await deps.secondFactors.begin(id, noteAct(request, { kind: "customers" }));
    if (!begun.ok) throw authProblem("second-factor-in-use");
    const account = (await findPerson(deps.people, id))?.profile?.email.reveal() ?? id;
    const uri = totpUri(begun.value, { issuer: deps.shopName, account });
    // Drawn here and kept nowhere: whoever has the picture has the secret.
    const svg = await drawQrCode(uri, { type: "svg", errorCorrectionLevel: "M", margin: 2 });
    reply.code(201).header("cache-control", "no-store");
    return {
      secret: base32(begun.value),
      otpauth_uri: uri,
      qr_code_image: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
    };
  });
}
