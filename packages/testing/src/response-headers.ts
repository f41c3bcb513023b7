const YEAR_S = 31_536_000;

/** What any cache may keep, where the route says how long: the menu with its photos, the documents, auth's public keys. */
const EVERYBODYS = /^\/(?:products|categories|docs|\.well-known)(?:\/|$)/;

/**
 * What an answer's headers lack or say too much of (reliability OP-14): to be `[]` for every answer of every service,
 * pages and refusals included.
 *
 * @param answer.url what was asked for, as an address or a path
 */
export function faultsOfHeaders({
  headers,
  url,
}: {
  readonly headers: Headers;
  readonly url: string;
}): readonly string[] {
  const caching = headers.get("cache-control") ?? "";
  const mayBeKept = caching !== "" && EVERYBODYS.test(new URL(url, "http://host").pathname);
  const policy = headers.get("content-security-policy") ?? "";
  const transport = headers.get("strict-transport-security") ?? "";
  const directives = new Map(policy.split(";").map((part) => [part.trim().split(/\s+/, 1)[0] ?? "", part.trim()]));
  const checks: readonly (readonly [string, boolean])[] = [
    [
      "strict-transport-security",
      Number(/max-age=(\d+)/.exec(transport)?.[1]) >= YEAR_S && /includeSubDomains/i.test(transport),
    ],
    ["x-content-type-options", headers.get("x-content-type-options") === "nosniff"],
    ["referrer-policy", headers.get("referrer-policy") === "no-referrer"],
    ["default-src", /^default-src '(none|self)'$/.test(directives.get("default-src") ?? "")],
    ["frame-ancestors", directives.get("frame-ancestors") === "frame-ancestors 'none'"],
    ["unsafe-inline", !/script-src[^;]*'unsafe-(inline|eval)'/.test(policy)],
    ["server", headers.get("server") === null && headers.get("x-powered-by") === null],
    ["cache-control", caching === "no-store" || mayBeKept],
    // Nobody but our own origin is let in from a browser (OP-16).
    ["cors", ![...headers.keys()].some((name) => name.startsWith("access-control-"))],
  ];
  return checks.filter(([, isGood]) => !isGood).map(([name]) => name);
}
