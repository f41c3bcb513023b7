// The walls of the house: docs/architecture.md, "What may import what". Each rule has a wrong import in
// scripts/walls/fixture that must be reported, so that a wall that cannot fail is noticed (scripts/check.ts).

const service = "^(?:scripts/walls/fixture/)?services/([^/]+)/src";
const inside = (folder) => `${service}/${folder}/`;
const packages = (...names) => names.map((name) => `^(?:scripts/walls/fixture/)?packages/${name}/`);

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: "no-service-imports-another",
      comment: "Services speak over HTTP and events only. Put what both promise into packages/contracts.",
      severity: "error",
      from: { path: "^(?:scripts/walls/fixture/)?services/([^/]+)/" },
      to: { path: "^(?:scripts/walls/fixture/)?services/", pathNot: "^(?:scripts/walls/fixture/)?services/$1/" },
    },
    {
      name: "domain-is-pure",
      comment: "domain/ knows primitives and the vocabulary of contracts: no HTTP, SQL, clock, Node or library.",
      severity: "error",
      from: { path: inside("domain"), pathNot: "\\.test\\.ts$" },
      to: {
        pathNot: ["^(?:scripts/walls/fixture/)?services/$1/src/domain/", ...packages("primitives", "contracts")],
      },
    },
    {
      name: "use-cases-know-no-http",
      comment: "A use-case is called by http/ and events/; it must not know requests, replies or problem statuses.",
      severity: "error",
      from: { path: inside("use-cases") },
      to: { path: [inside("http"), inside("events"), ...packages("service-kit"), "node_modules/fastify/"] },
    },
    {
      name: "storage-knows-only-domain-types",
      comment: "storage/ holds statements: it calls no use-case, no http, no provider.",
      severity: "error",
      from: { path: inside("storage") },
      to: {
        path: [inside("http"), inside("events"), inside("use-cases"), inside("gateways"), ...packages("service-kit")],
      },
    },
    {
      name: "provider-stays-in-gateways",
      comment: "The provider's SDK and its words stop in gateways/.",
      severity: "error",
      from: { path: service, pathNot: inside("gateways") },
      to: { path: "node_modules/mercadopago/" },
    },
    {
      name: "gateways-know-only-the-domain",
      comment: "gateways/ translates between the provider and our words, nothing else.",
      severity: "error",
      from: { path: inside("gateways") },
      to: { path: [inside("http"), inside("events"), inside("use-cases"), inside("storage")] },
    },
    {
      name: "primitives-import-nothing",
      comment: "primitives is the ground; it stands on nothing of ours.",
      severity: "error",
      from: { path: packages("primitives") },
      to: { path: packages("(?!primitives)[^/]+") },
    },
    {
      name: "contracts-have-no-io",
      comment: "contracts is published language: shapes and examples, no Node, no I/O.",
      severity: "error",
      from: { path: packages("contracts"), pathNot: "\\.test\\.ts$" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "kit-knows-no-database",
      comment: "service-kit is how a service behaves on the network; storage comes from elsewhere.",
      severity: "error",
      from: { path: packages("service-kit"), pathNot: "/test/" },
      to: {
        path: [...packages("postgres", "messaging", "contracts", "testing"), "^(?:scripts/walls/fixture/)?services/"],
      },
    },
    {
      name: "testing-is-for-tests",
      comment: "packages/testing is imported by tests, e2e and bench only.",
      severity: "error",
      from: {
        path: "^(?:scripts/walls/fixture/)?(services|packages)/[^/]+/src/",
        pathNot: ["\\.test\\.ts$", ...packages("testing")],
      },
      to: { path: packages("testing") },
    },
    {
      name: "sandbox-stands-alone",
      comment: "The sandbox is useful to others: it imports nothing of ours, and no service imports it.",
      severity: "error",
      from: { path: packages("mercadopago-sandbox"), pathNot: "/test/" },
      to: { path: [...packages("(?!mercadopago-sandbox)[^/]+"), "^(?:scripts/walls/fixture/)?services/"] },
    },
    {
      name: "no-service-imports-the-sandbox",
      comment: "Services meet the sandbox over HTTP, as they meet Mercado Pago.",
      severity: "error",
      from: { path: "^(?:scripts/walls/fixture/)?services/[^/]+/src/" },
      to: { path: packages("mercadopago-sandbox") },
    },
    {
      name: "nobody-imports-the-simulator",
      comment:
        "e2e/simulator runs the services' code and plants bugs around it; nothing that is delivered knows of it.",
      severity: "error",
      from: { path: "^(?:scripts/walls/fixture/)?(services|packages)/" },
      to: { path: "^e2e/" },
    },
    {
      name: "simulator-runs-domain-and-use-cases",
      comment:
        "The simulator has a network, clock and stores of its own: no process, no SQL, no SDK calls of a service.",
      severity: "error",
      from: { path: "^(?:scripts/walls/fixture/)?e2e/simulator/", pathNot: "\\.test\\.ts$" },
      to: {
        path: [
          "^(?:scripts/walls/fixture/)?services/[^/]+/src/(main|app|config|ordering)\\.ts$",
          "^(?:scripts/walls/fixture/)?services/[^/]+/src/storage/(postgres|mongo)[^/]*\\.ts$",
          ...packages("postgres", "testing"),
        ],
      },
    },
    {
      name: "no-cycles",
      comment: "Imports run one way.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
