import { createHash } from "node:crypto";

/** A seller account with one application, as the panel would show it. */
export type Seller = {
  userId: string;
  applicationId: string;
  accessToken: string;
  /** A second token of the same application, as while one is renewed; null when there is one only. */
  previousAccessToken: string | null;
  nickname: string;
  /** Secret that signs this application's webhooks. */
  webhookSecret: string;
  /** Where this application's webhooks go; null until somebody tells. */
  webhookUrl: string | null;
};

/** Finds a seller by bearer token, user id or application. */
export type Sellers = {
  byToken: (token: string) => Seller | undefined;
  byUserId: (userId: string) => Seller | undefined;
  all: () => Seller[];
};

/** Token of the sandbox's own seller when none is given. It opens nothing but this sandbox. */
export const defaultAccessToken = "APP_USR-1000000000000001-010126-5a4db0c5e8f14c6f9a3e7d2b1c0f9e8d-2000000001";

/** Webhook secret of the sandbox's own seller when none is given. */
export const defaultWebhookSecret = "sandbox-webhook-secret";

/** A seller made from its token: a token of Mercado Pago's shape carries application and user ids, another gets fixed ones. */
export const sellerOfToken = (seller: {
  accessToken: string;
  previousAccessToken?: string | null;
  webhookSecret: string;
  webhookUrl: string | null;
}): Seller => {
  const shape = /^[A-Z_]+-(\d+)-.*-(\d+)$/.exec(seller.accessToken);
  return {
    applicationId: shape?.[1] ?? "1000000000000001",
    userId: shape?.[2] ?? "2000000001",
    nickname: "TESTE_SIMULADOR",
    previousAccessToken: null,
    ...seller,
  };
};

/** Which tokens of a seller are answered 401, as after they were revoked in the panel, or before they are good. */
export type RefusedTokens = "none" | "present" | "previous" | "both";

/** Whether a seller's token is among those refused. */
export const isRefusedToken = ({ accessToken }: Seller, token: string, refused: RefusedTokens): boolean =>
  refused === "both" || (refused !== "none" && refused === (token === accessToken ? "present" : "previous"));

const tokensOf = ({ accessToken, previousAccessToken }: Seller): readonly string[] =>
  previousAccessToken === null ? [accessToken] : [previousAccessToken, accessToken];

/** Builds the table of sellers. Later changes of a seller's `webhookUrl` are seen at once. */
export const makeSellers = (sellers: Seller[]): Sellers => {
  // Looked up by digest, so that comparing tokens takes no longer the more of one is right.
  const digest = (token: string) => createHash("sha256").update(token).digest("base64");
  const byToken = new Map(
    sellers.flatMap((seller) => tokensOf(seller).map((token): [string, Seller] => [digest(token), seller])),
  );
  const byUserId = new Map(sellers.map((seller) => [seller.userId, seller]));
  return {
    byToken: (token) => byToken.get(digest(token)),
    byUserId: (userId) => byUserId.get(userId),
    all: () => sellers,
  };
};
