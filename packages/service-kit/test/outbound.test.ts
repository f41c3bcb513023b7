import diagnostics from "node:diagnostics_channel";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { freePort, selfSigned, startDeafHost } from "@comanda/testing";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import {
  createOutbound,
  faultOfPublicUrl,
  isPublicAddress,
  NotConnectedError,
  OutboundRefusedError,
} from "../src/index.ts";

/** Connections that this process has tried to make. */
let opened: unknown[] = [];
const note = (message: unknown) => {
  const { socket } = message as { socket: Socket }; // what Node documents for this channel
  socket.on("connectionAttempt", (address) => opened.push(address));
};
beforeEach(() => {
  opened = [];
  diagnostics.subscribe("net.client.socket", note);
});
afterEach(() => {
  diagnostics.unsubscribe("net.client.socket", note);
});

async function startServer(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port; // it listens on TCP
}

/** Names of the corpus that look like anybody's, and where they lead. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "loopback.example.com": ["127.0.0.1"],
  "six.example.com": ["::1"],
  "metadata.example.com": ["169.254.169.254"],
  "mixed.example.com": ["93.184.216.34", "10.0.0.5"],
  "nothing.example.com": [],
};
const resolve = async (name: string) => {
  const addresses = NAMES[name];
  if (addresses === undefined) throw new Error(`no such name: ${name}`);
  return addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
};

/** Reliability X-06, F-43: what must never be asked for, whoever says so. */
const CORPUS = [
  "http://169.254.169.254/latest/meta-data/",
  "https://169.254.169.254/latest/meta-data/",
  "https://[fd00:ec2::254]/latest/meta-data/",
  "https://[::1]/",
  "https://[::]/",
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0177.0.0.1/",
  "https://127.0.0.1.:443/",
  "https://１２７.０.０.１/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:a00:1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2002:7f00:1::]/",
  "https://[fe80::1]/",
  "https://[fc00::1]/",
  "https://0.0.0.0/",
  "https://10.1.2.3/",
  "https://172.16.0.1/",
  "https://192.168.0.1/",
  "https://100.64.0.1/",
  "https://198.18.0.1/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://localhost/",
  "https://localhost./",
  "https://LOCALHOST/",
  "https://a.localhost/",
  "https://printer.local/",
  "https://metadata.google.internal/",
  "https://kubernetes/",
  "https://user@example.com/",
  "https://example.com:x@127.0.0.1/",
  "http://example.com/",
  "ftp://example.com/",
  "file:///etc/passwd",
  "data:image/png;base64,AAAA",
  "javascript:alert(1)",
  "gopher://127.0.0.1:6379/_",
  "//127.0.0.1/x",
  "https://",
  ...Object.keys(NAMES)
    .filter((name) => name !== "nothing.example.com")
    .map((name) => `https://${name}/`),
];

describe("requests to other servers", () => {
  it.each(CORPUS)("when %s is asked for, then it is refused and no socket is opened", async (address) => {
    const outbound = createOutbound({ own: ["http://127.0.0.1:8000"], resolve });
    await expect(outbound(address, { timeoutMs: 2_000 })).rejects.toThrow();
    expect(opened).toEqual([]);
  });

  it("when a name has no address, then it is refused", async () => {
    const outbound = createOutbound({ resolve });
    const asked = outbound("https://nothing.example.com/", { timeoutMs: 2_000 });
    await expect(asked).rejects.toBeInstanceOf(OutboundRefusedError);
  });

  // DNS rebinding: good at the look, bad at the connection.
  it("when a name changes between two look-ups, then there is no second one", async () => {
    let asked = 0;
    const outbound = createOutbound({
      resolve: async () => {
        asked += 1;
        return [{ address: asked === 1 ? "10.0.0.1" : "93.184.216.34", family: 4 }];
      },
    });
    await expect(outbound("https://rebind.example.com/", { timeoutMs: 2_000 })).rejects.toBeInstanceOf(
      OutboundRefusedError,
    );
    expect(asked).toBe(1);
  });

  it("when our own service is asked, then it may stand anywhere; another port of the same machine may not", async () => {
    const url = await startServer((request, response) => {
      response.setHeader("x-seen", `${request.method} ${request.headers["x-a"]}`);
      request.pipe(response.writeHead(201));
    });
    const other = await startServer((_request, response) => response.end());
    const outbound = createOutbound({ own: [url] });
    const answer = await outbound(`${url}/x`, {
      method: "POST",
      headers: { "x-a": "b" },
      body: "ação",
      timeoutMs: 5_000,
    });
    expect([answer.status, answer.headers["x-seen"], answer.body.toString()]).toEqual([201, "POST b", "ação"]);
    // The control of the whole suite: what does connect is seen.
    expect(opened).toEqual(["127.0.0.1"]);
    await expect(outbound(other, { timeoutMs: 5_000 })).rejects.toBeInstanceOf(OutboundRefusedError);
  });

  it("when a server sends us elsewhere, then we do not go", async () => {
    let visits = 0;
    const secret = await startServer((_request, response) => {
      visits += 1;
      response.end();
    });
    const url = await startServer((_request, response) => response.writeHead(302, { location: secret }).end());
    const outbound = createOutbound({ own: [url, secret] });
    await expect(outbound(url, { timeoutMs: 5_000 })).rejects.toBeInstanceOf(OutboundRefusedError);
    expect(visits).toBe(0);
  });

  it("when an answer is too long, too slow or never ends, then we stop reading", async () => {
    const long = await startServer((_request, response) => response.end("x".repeat(10_000)));
    const drip = await startServer((_request, response) => {
      response.write("x");
      const timer = setInterval(() => response.write("x"), 20);
      response.once("close", () => clearInterval(timer));
    });
    const silent = await startServer(() => undefined);
    const outbound = createOutbound({ own: [long, drip, silent] });
    await expect(outbound(long, { timeoutMs: 5_000, maxBytes: 1_000 })).rejects.toBeInstanceOf(OutboundRefusedError);
    await expect(outbound(drip, { timeoutMs: 300 })).rejects.toThrow();
    await expect(outbound(silent, { timeoutMs: 300 })).rejects.toThrow();
  });
});

describe("when there is no connection, then it is known that nothing was sent", () => {
  const ask = (url: string, timeoutMs: number, connectTimeoutMs?: number) =>
    createOutbound({ own: [url] })(url, {
      timeoutMs,
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    });

  it("nobody takes the call: the time for connecting is a part of the time for all", async () => {
    const { port, close } = await startDeafHost();
    onTestFinished(close);
    const startedAt = performance.now();
    await expect(ask(`http://127.0.0.1:${port}`, 60_000, 200)).rejects.toBeInstanceOf(NotConnectedError);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    await expect(ask(`http://127.0.0.1:${port}`, 200)).rejects.toBeInstanceOf(NotConnectedError);
  });

  it("nobody is there", async () => {
    await expect(ask(`http://127.0.0.1:${await freePort()}`, 5_000)).rejects.toBeInstanceOf(NotConnectedError);
  });

  it("nobody says hello in TLS", async () => {
    const port = await listen(createTcpServer((socket) => socket.on("error", () => undefined)));
    await expect(ask(`https://127.0.0.1:${port}`, 60_000, 200)).rejects.toBeInstanceOf(NotConnectedError);
  });

  it("nobody vouches for the certificate (F-44)", async () => {
    let visits = 0;
    const server = createTlsServer(selfSigned("127.0.0.1"), (_request, response) => {
      visits += 1;
      response.end();
    });
    const asked = ask(`https://127.0.0.1:${await listen(server)}`, 5_000);
    await expect(asked).rejects.toBeInstanceOf(NotConnectedError);
    await expect(asked).rejects.toMatchObject({ cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } });
    expect(visits).toBe(0);
  });

  it("the control: once it was sent, a hang-up or a silence is another matter", async () => {
    const hangUp = await startServer((request) => request.socket.destroy());
    const silent = await startServer(() => undefined);
    await expect(ask(hangUp, 5_000)).rejects.not.toBeInstanceOf(NotConnectedError);
    await expect(ask(silent, 300, 60_000)).rejects.not.toBeInstanceOf(NotConnectedError);
  });

  it("the control: a connection of an earlier request is used again, and lost under the next one", async () => {
    let visits = 0;
    const url = await startServer((request, response) => {
      visits += 1;
      if (visits === 1) response.end("once");
      else request.socket.destroy();
    });
    expect((await ask(url, 5_000)).body.toString()).toBe("once");
    await expect(ask(url, 5_000)).rejects.not.toBeInstanceOf(NotConnectedError);
    expect(opened).toHaveLength(1);
  });
});

describe("addresses that people give us", () => {
  it.each(CORPUS.filter((address) => !address.startsWith("//")))(
    "when it is %s, then it is no public one",
    async (address) => {
      expect(await faultOfPublicUrl(address, resolve)).not.toBeNull();
      expect(opened).toEqual([]);
    },
  );

  it("when it is public, or its name cannot be looked up now, then it is let pass", async () => {
    const there = async () => [{ address: "93.184.216.34", family: 4 }];
    expect(await faultOfPublicUrl("https://cdn.example.com/x.png", there)).toBeNull();
    expect(await faultOfPublicUrl("https://8.8.8.8/x.png", resolve)).toBeNull();
    expect(await faultOfPublicUrl("https://[2606:4700::1111]/x.png", resolve)).toBeNull();
    expect(await faultOfPublicUrl("https://unknown.example.com/x.png", resolve)).toBeNull();
    expect(await faultOfPublicUrl("https://slow.example.com/x.png", () => new Promise(() => undefined))).toBeNull();
  });

  it("when it is no address at all, then it is not public", () => {
    for (const text of ["", "localhost", "1.2.3", "::g"]) expect(isPublicAddress(text)).toBe(false);
  });
});
