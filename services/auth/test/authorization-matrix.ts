import { registration, staffMember } from "./builders.ts";

/** Everybody who may stand before a route. */
export const CALLERS = [
  "nobody",
  "anonymous",
  "identified",
  "registered",
  "kitchen",
  "cashier",
  "manager",
  "admin",
  "service",
  "device:kiosk",
  "device:kitchen",
  "device:panel",
  "device:counter",
] as const;
export type CallerName = (typeof CALLERS)[number];

/** What one route answers to each caller, and how to ask it rightly. `self` is the caller's own id. */
export type MatrixRow = {
  readonly route: string;
  /** Tells apart several rows of one route. */
  readonly about?: string;
  readonly url?: (self: string) => string;
  readonly json?: () => unknown;
  readonly form?: string;
  readonly expect: Readonly<Record<CallerName, number>>;
  /** Whether the route looks at the `Authorization` header at all. */
  readonly looksAtToken: boolean;
  /** What a 401 asks for; `Bearer` when absent. */
  readonly challenge?: string;
};

const CLIENT = "client_id=order&client_secret=order-secret-0123456789abcdef0123456789";

const everybody = (status: number) =>
  Object.fromEntries(CALLERS.map((caller) => [caller, status])) as Record<CallerName, number>; // the keys are CALLERS

const open = (status: number, difference: Partial<Record<CallerName, number>> = {}) => ({
  ...everybody(status),
  ...difference,
});
const onlyAdmin = (status: number) => open(403, { nobody: 401, admin: status });

const UNKNOWN_ID = "01940000-0000-7000-8000-000000000000";

/** The whole of auth, a row for each route and object; a route without a row fails the suite. */
export const MATRIX: readonly MatrixRow[] = [
  {
    route: "POST /token",
    form: `grant_type=client_credentials&${CLIENT}`,
    expect: everybody(200),
    looksAtToken: false,
  },
  {
    route: "POST /token",
    about: "with a refresh token that is none",
    form: "grant_type=refresh_token&refresh_token=x",
    expect: everybody(400),
    looksAtToken: false,
  },
  {
    route: "POST /introspect",
    form: "token=x",
    expect: everybody(401),
    looksAtToken: false,
    challenge: 'Basic realm="comanda"',
  },
  {
    route: "POST /introspect",
    about: "as a service",
    form: `token=x&${CLIENT}`,
    expect: everybody(200),
    looksAtToken: false,
  },
  { route: "POST /revoke", form: "token=x", expect: open(200, { nobody: 401 }), looksAtToken: true },
  {
    route: "POST /revoke",
    about: "as a service",
    form: `token=x&${CLIENT}`,
    expect: everybody(200),
    looksAtToken: false,
  },
  { route: "GET /auth", expect: open(200, { nobody: 401 }), looksAtToken: true },
  { route: "GET /revocations", expect: open(403, { nobody: 401, service: 200 }), looksAtToken: true },
  { route: "GET /.well-known/jwks.json", expect: everybody(200), looksAtToken: false },
  { route: "GET /.well-known/oauth-authorization-server", expect: everybody(200), looksAtToken: false },
  { route: "POST /customers/anonymous", expect: everybody(201), looksAtToken: true },
  {
    route: "POST /customers/identify",
    json: () => ({ cpf: "52998224725" }),
    expect: everybody(404),
    looksAtToken: true,
  },
  { route: "POST /customers/register", json: () => registration(), expect: everybody(201), looksAtToken: true },
  { route: "POST /customers/admin", json: () => staffMember(), expect: onlyAdmin(201), looksAtToken: true },
  { route: "GET /customers", expect: onlyAdmin(200), looksAtToken: true },
  {
    route: "POST /customers/search",
    json: () => ({ cpf: "52998224725" }),
    expect: onlyAdmin(404),
    looksAtToken: true,
  },
  {
    route: "GET /customers/:id",
    about: "own",
    url: (self) => `/customers/${self}`,
    expect: open(200, {
      nobody: 401,
      service: 403,
      "device:kiosk": 403,
      "device:kitchen": 403,
      "device:panel": 403,
      "device:counter": 403,
    }),
    looksAtToken: true,
  },
  {
    route: "GET /customers/:id",
    about: "somebody else's",
    url: () => `/customers/${UNKNOWN_ID}`,
    expect: open(404, {
      nobody: 401,
      service: 403,
      "device:kiosk": 403,
      "device:kitchen": 403,
      "device:panel": 403,
      "device:counter": 403,
    }),
    looksAtToken: true,
  },
  {
    route: "POST /devices",
    json: () => ({ name: "Totem", kind: "kiosk" }),
    expect: onlyAdmin(201),
    looksAtToken: true,
  },
  { route: "GET /devices", expect: onlyAdmin(200), looksAtToken: true },
  { route: "DELETE /devices/:id", url: () => `/devices/${UNKNOWN_ID}`, expect: onlyAdmin(404), looksAtToken: true },
  { route: "GET /health", expect: everybody(200), looksAtToken: false },
  { route: "GET /ready", expect: everybody(200), looksAtToken: false },
  { route: "GET /metrics", expect: everybody(200), looksAtToken: false },
  { route: "GET /openapi.json", expect: everybody(200), looksAtToken: false },
  { route: "GET /docs", expect: everybody(200), looksAtToken: false },
  { route: "GET /docs/json", expect: everybody(200), looksAtToken: false },
  { route: "GET /docs/yaml", expect: everybody(200), looksAtToken: false },
  { route: "GET /docs/static/index.html", expect: everybody(302), looksAtToken: false },
  { route: "GET /docs/static/swagger-initializer.js", expect: everybody(200), looksAtToken: false },
  {
    route: "GET /docs/static/*",
    url: () => "/docs/static/swagger-ui.css",
    expect: everybody(200),
    looksAtToken: false,
  },
];
