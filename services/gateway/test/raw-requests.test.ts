import { ODD_REQUESTS, speakHttp } from "@comanda/testing/raw-http";
import { faultsOfHeaders } from "@comanda/testing/response-headers";
import { beforeEach, describe, expect, test } from "vitest";
import { gatewayForTest } from "./harness.ts";
import { startUpstream } from "./upstream.ts";

let url: string;
let seen: string[];

beforeEach(async () => {
  seen = [];
  const upstream = await startUpstream((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    request.on("end", () => response.end("{}"));
  });
  const gateway = await gatewayForTest({ auth: upstream.url, order: upstream.url, payment: upstream.url });
  url = gateway.url;
});

// Reliability OP-13: what the gateway and a service could read in two ways must not reach the service at all.
describe("requests that could be read in two ways, through the gateway", () => {
  test.each(ODD_REQUESTS)(
    "when one has %s, then it ends here and the service sees nothing",
    async (_what, bytes, statuses) => {
      const answer = await speakHttp(
        url,
        bytes.replace(/^(\w+) \/ /, "$1 /orders ").replace("evil.example/ ", "evil.example/orders "),
      );
      expect(statuses).toContain(answer.status);
      expect(answer.isClosed).toBe(true);
      // Of a body that breaks off later the head may have gone on; nobody has answered it.
      expect(seen.filter((line) => !line.startsWith("POST"))).toEqual([]);
      expect(answer.text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    },
  );

  test("when a second request hides in the first one's body, then it goes nowhere", async () => {
    const hidden = "GET /orders/hidden HTTP/1.1\r\nHost: a\r\n\r\n";
    const head = `POST /orders HTTP/1.1\r\nHost: a\r\nContent-Length: ${hidden.length}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    await speakHttp(url, `${head}0\r\n\r\n${hidden}`);
    expect(seen.join()).not.toContain("hidden");
  });

  test("when the target is absolute and names the host, then the service gets the path", async () => {
    const answer = await speakHttp(
      url,
      "GET http://shop.example/orders?limit=1 HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
    );
    expect([answer.status, seen]).toEqual([200, ["GET /orders?limit=1"]]);
  });

  test("when the method is TRACE, then 405 with Allow, here already", async () => {
    const answer = await speakHttp(url, "TRACE /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    expect([answer.status, seen]).toEqual([405, []]);
    expect(answer.head).toContain("allow: ");
  });
});

describe("headers of every answer", () => {
  test("when any page is asked for, or anything is refused, then none is missing and nobody else's page may read it", async () => {
    const wrong = await fetch(`${url}/nothing`, { headers: { origin: "https://evil.example" } });
    const pages = await Promise.all(
      ["/", "/status", "/health", "/ready", "/docs/auth", "/orders"].map((path) => fetch(`${url}${path}`)),
    );
    for (const answer of [wrong, ...pages]) expect([answer.url, faultsOfHeaders(answer)]).toEqual([answer.url, []]);
  });
});
