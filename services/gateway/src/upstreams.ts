import type { Config } from "./config.ts";

/** A process behind the gateway. */
export type Upstream = {
  readonly name: "auth" | "order" | "payment" | "sandbox";
  readonly url: string;
  /** Path prefixes that are its own, under the same name on both sides. */
  readonly paths: readonly string[];
  /** Has a page for people instead of API documents. */
  readonly isPage: boolean;
};

/** Who answers for what (the contract, "Addresses and configuration"). */
export function upstreamsOf(config: Config): Upstream[] {
  const services: Upstream[] = [
    {
      name: "auth",
      url: config.AUTH_URL,
      paths: [
        "/token",
        "/auth",
        "/customers",
        "/customer",
        "/devices",
        "/.well-known",
        "/introspect",
        "/revoke",
        "/audit/auth",
      ],
      isPage: false,
    },
    {
      name: "order",
      url: config.ORDER_URL,
      paths: ["/categories", "/products", "/orders", "/audit/order"],
      isPage: false,
    },
    { name: "payment", url: config.PAYMENT_URL, paths: ["/payments", "/audit/payment"], isPage: false },
  ];
  if (config.SANDBOX_URL === undefined) return services;
  // Reached on its own port: its paths are Mercado Pago's, not ours.
  return [...services, { name: "sandbox", url: config.SANDBOX_URL, paths: [], isPage: true }];
}

/** Every forwarded prefix; each service's documents are found below `/docs/<name>/` as well. */
export function proxiedPaths(upstreams: readonly Upstream[]): { from: string; to: string; url: string }[] {
  return upstreams.flatMap(({ name, url, paths, isPage }) => [
    ...paths.map((path) => ({ from: path, to: path, url })),
    ...(isPage ? [] : [{ from: `/docs/${name}`, to: "/docs", url }]),
  ]);
}
